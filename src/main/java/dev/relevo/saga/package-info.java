/**
 * A durable saga service for Camel's Saga EIP: a journal that is written before each effect,
 * leases, takeover, and compensation that never gives up. It knows nothing of orders and nothing of
 * HTTP.
 */
package dev.relevo.saga;
