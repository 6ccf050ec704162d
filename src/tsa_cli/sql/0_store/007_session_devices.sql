-- tables: session_devices, what the lines of a visit before its login have for a device
create table session_devices (
    session_id varchar not null                     -- the client's own, of lines without any other id
);
