"""Calendars: files and addresses in the form of iCalendar, and servers that speak CalDAV."""
