UPDATE report
SET status = 'cancelled'
WHERE saga_id = :#saga_id
  AND saga_id = :#${header.Relevo-Saga-Id}
