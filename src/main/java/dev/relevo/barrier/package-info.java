/**
 * The participant's side of a saga: every write and the outcome of the call that asked for it are
 * one transaction, so a call may be repeated, come late or be undone before it came, and takes
 * effect once at most.
 *
 * <p>The idea is DTM's <a href="https://en.dtm.pub/practice/barrier.html">sub-transaction
 * barrier</a>. Unlike there, the row of a call is written last: the key still admits one outcome
 * only, and an action costs one statement on top of its own.
 */
package dev.relevo.barrier;
