/** The role {@code watchdog}: keeps one pair of database servers. */
package dev.relevo.role.watchdog;
