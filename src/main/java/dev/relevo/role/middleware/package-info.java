/**
 * What the middleware's routes name: keys, answers and problems of orders, calls to participants,
 * views.
 */
package dev.relevo.role.middleware;
