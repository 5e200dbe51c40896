-- The accounts of the MySQL pair. Read by `mysqld --init-file`. @{x} stands for the secret x.
CREATE DATABASE reports;
CREATE DATABASE relevo;
CREATE TABLE relevo.heartbeat (id TINYINT NOT NULL PRIMARY KEY, beat BIGINT NOT NULL, at DATETIME(6) NOT NULL) ENGINE = InnoDB;
INSERT INTO relevo.heartbeat VALUES (1, 0, UTC_TIMESTAMP(6));
-- The application: rows, nothing else.
CREATE USER 'reports_app'@'%' IDENTIFIED BY '@{reports_app}';
GRANT SELECT, INSERT, UPDATE, DELETE ON reports.* TO 'reports_app'@'%';
-- Owns the schema.
CREATE USER 'reports_migrator'@'%' IDENTIFIED BY '@{reports_migrator}';
GRANT ALL PRIVILEGES ON reports.* TO 'reports_migrator'@'%';
CREATE USER 'replication'@'%' IDENTIFIED BY '@{mysql_replication}';
GRANT REPLICATION SLAVE ON *.* TO 'replication'@'%';
-- The watchdog: looks, opens and closes writes, directs replication, ends connections; of the data it sees its own row.
CREATE USER 'watchdog'@'%' IDENTIFIED BY '@{mysql_watchdog}';
GRANT PROCESS, RELOAD, REPLICATION CLIENT ON *.* TO 'watchdog'@'%';
GRANT SYSTEM_VARIABLES_ADMIN, REPLICATION_SLAVE_ADMIN, CONNECTION_ADMIN ON *.* TO 'watchdog'@'%';
GRANT SELECT ON performance_schema.* TO 'watchdog'@'%';
GRANT SELECT, UPDATE ON relevo.heartbeat TO 'watchdog'@'%';
-- What a node is cloned with.
CREATE USER 'clone'@'%' IDENTIFIED BY '@{mysql_clone}';
GRANT BACKUP_ADMIN ON *.* TO 'clone'@'%';
-- The health check, from within the container only.
CREATE USER 'health'@'localhost' IDENTIFIED BY '@{mysql_clone}';
-- Nobody is root.
DROP USER 'root'@'localhost';
