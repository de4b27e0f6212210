-- Run by compose.sqlserver.yaml with sqlcmd, which fills in both passwords; it may run any number of times.
--
-- otp_owner runs the migrations. otp, the login of Api and Workers, reads and writes rows and changes nothing else.
IF DB_ID(N'otp') IS NULL CREATE DATABASE otp;
GO
IF (SELECT d.is_read_committed_snapshot_on FROM sys.databases d WHERE d.name = N'otp') = 0
    ALTER DATABASE otp SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
IF SUSER_ID(N'otp_owner') IS NULL CREATE LOGIN otp_owner WITH PASSWORD = N'$(owner_password)', DEFAULT_DATABASE = otp;
IF SUSER_ID(N'otp') IS NULL CREATE LOGIN otp WITH PASSWORD = N'$(hosts_password)', DEFAULT_DATABASE = otp;
GO
USE otp;
GO
IF USER_ID(N'otp_owner') IS NULL CREATE USER otp_owner FOR LOGIN otp_owner WITH DEFAULT_SCHEMA = dbo;
IF USER_ID(N'otp') IS NULL CREATE USER otp FOR LOGIN otp WITH DEFAULT_SCHEMA = dbo;
GO
ALTER ROLE db_ddladmin ADD MEMBER otp_owner;
ALTER ROLE db_datareader ADD MEMBER otp_owner;
ALTER ROLE db_datawriter ADD MEMBER otp_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::dbo TO otp;
