-- table: sessionize_state: the next `tsa sessionize` makes everything anew
update sessionize_state
set definition = ''
