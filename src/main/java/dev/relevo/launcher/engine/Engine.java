package dev.relevo.launcher.engine;

/** One database server of the embedded topology. Thread-safe. */
public interface Engine extends AutoCloseable {

  /** The product and its version, such as {@code MariaDB 11.4.5}. */
  String name();

  /**
   * The TCP port on 127.0.0.1.
   *
   * @throws IllegalStateException if a free port was asked for and the server was never started
   */
  int port();

  /**
   * Starts the server and returns when it answers queries; does nothing if it runs. The first start
   * unpacks the server and creates its data folder. From then on the server is started again, on
   * the same port, whenever it ends without {@link #close}.
   *
   * @throws StartupFailure if it cannot start
   * @throws IllegalStateException if it was closed
   */
  void start();

  /**
   * The access to a database, which is created with its two users if it is not there yet.
   *
   * @param database lower-case letters, digits and underscores, at most 22 characters
   * @throws StartupFailure if the server, which is started if need be, or the database cannot be
   *     had
   */
  DatabaseAccess database(String database);

  /** The address of a database, without user or password. */
  String jdbcUrl(String database);

  /**
   * Shuts the server down cleanly and returns when its process is gone; kills it when that takes
   * more than 20 seconds. A start in progress is given up.
   */
  @Override
  void close();
}
