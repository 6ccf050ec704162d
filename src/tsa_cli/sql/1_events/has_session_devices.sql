-- answers: whether any session id stands for a device
-- reads:   session_devices
select exists (from session_devices)
