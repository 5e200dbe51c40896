UPDATE heartbeat SET beat = beat + 1, at = clock_timestamp() WHERE id = 1
