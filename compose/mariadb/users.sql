-- The accounts of the MariaDB pair. Read by `mariadbd --bootstrap`: one statement a line, comments on lines of their own.
-- @{x} stands for the secret x.
FLUSH PRIVILEGES;
-- Nobody is root, and nobody comes in without a password.
DELETE FROM mysql.global_priv WHERE User IN ('root', 'mysql', '');
DELETE FROM mysql.proxies_priv;
FLUSH PRIVILEGES;
CREATE DATABASE inventory;
CREATE DATABASE relevo;
CREATE TABLE relevo.heartbeat (id TINYINT NOT NULL PRIMARY KEY, beat BIGINT NOT NULL, at DATETIME(6) NOT NULL) ENGINE = InnoDB;
INSERT INTO relevo.heartbeat VALUES (1, 0, UTC_TIMESTAMP(6));
-- The application: rows, nothing else.
CREATE USER 'inventory_app'@'%' IDENTIFIED BY '@{inventory_app}';
GRANT SELECT, INSERT, UPDATE, DELETE ON inventory.* TO 'inventory_app'@'%';
-- Owns the schema.
CREATE USER 'inventory_migrator'@'%' IDENTIFIED BY '@{inventory_migrator}';
GRANT ALL PRIVILEGES ON inventory.* TO 'inventory_migrator'@'%';
CREATE USER 'replication'@'%' IDENTIFIED BY '@{mariadb_replication}';
GRANT REPLICATION SLAVE ON *.* TO 'replication'@'%';
-- The watchdog: looks, opens and closes writes, directs replication, ends connections; of the data it sees its own row.
CREATE USER 'watchdog'@'%' IDENTIFIED BY '@{mariadb_watchdog}';
GRANT PROCESS, RELOAD, BINLOG MONITOR, SLAVE MONITOR, READ_ONLY ADMIN, REPLICATION MASTER ADMIN, REPLICATION SLAVE ADMIN, BINLOG ADMIN, CONNECTION ADMIN ON *.* TO 'watchdog'@'%';
GRANT SELECT, UPDATE ON relevo.heartbeat TO 'watchdog'@'%';
-- mariadb-backup, and the health check; from within the container only.
CREATE USER 'backup'@'localhost' IDENTIFIED BY '@{mariadb_backup}';
GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR ON *.* TO 'backup'@'localhost';
