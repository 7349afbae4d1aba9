-- What waits for a lock lets all wait that come after it: it gives up soon, and the migration is begun again.
set local lock_timeout = '2s';
