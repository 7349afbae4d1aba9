-- Since when the bytes of a blob are missed; null: they are there, as far as is known. Who looks a blob up sees it in its row.
alter table blob add column lost_at timestamptz;
update blob set lost_at = i.found_at from integrity i where i.fault = 'lost-bytes' and i.thing = blob.digest;
