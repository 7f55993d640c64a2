#!/bin/sh
# Run once by the database's container, when its volume is still empty.
exec psql -U postgres -v owner_password="'$OWNER_PASSWORD'" -v app_password="'$APP_PASSWORD'" -f /roles.sql
