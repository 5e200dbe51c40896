UPDATE heartbeat SET beat = beat + 1, at = UTC_TIMESTAMP(6) WHERE id = 1
