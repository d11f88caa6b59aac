-- The three roles of the portal and its database. Run once, as a superuser, before `fmotm db upgrade`:
--   psql -v owner=SECRET1 -v portal=SECRET2 -v worker=SECRET3 -f deploy/roles.sql
-- `fmotm db upgrade` then gives the portal and the worker what they need, and no more.
CREATE ROLE fmotm_owner LOGIN PASSWORD :'owner';
CREATE ROLE fmotm_portal LOGIN PASSWORD :'portal';
CREATE ROLE fmotm_worker LOGIN PASSWORD :'worker';
CREATE DATABASE fmotm OWNER fmotm_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE fmotm FROM PUBLIC;
GRANT CONNECT ON DATABASE fmotm TO fmotm_portal, fmotm_worker;
