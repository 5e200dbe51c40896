/** The engines: how each is probed and acted on. */
package dev.relevo.failover.engine;
