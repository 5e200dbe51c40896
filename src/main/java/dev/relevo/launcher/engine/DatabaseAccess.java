package dev.relevo.launcher.engine;

/**
 * How to reach one database.
 *
 * @param jdbcUrl without user or password
 * @param appUser may read and change rows, nothing else
 * @param appPassword the password of {@code appUser}
 * @param migratorUser owns the schema and may change it
 * @param migratorPassword the password of {@code migratorUser}
 */
public record DatabaseAccess(
    String jdbcUrl,
    String appUser,
    String appPassword,
    String migratorUser,
    String migratorPassword) {

  /** Without the passwords, so that none gets into a log. */
  @Override
  public String toString() {
    return "DatabaseAccess[" + jdbcUrl + ", app " + appUser + ", migrator " + migratorUser + "]";
  }
}
