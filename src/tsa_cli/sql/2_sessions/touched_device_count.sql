-- reads: touched_devices
select count(*) as device_count from touched_devices
