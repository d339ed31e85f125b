package cdn

// parseTimeStamp reads YYYY-MM-DDThh:mm followed by nothing, seconds, or what else the documentation puts there
// (2017-12-22T08:00:00:00Z), in UTC. Slices start at whole minutes, so seconds do not count.
func parseTimeStamp(text []byte) (seconds int64, ok bool) {
	const shape = len("0000-00-00T00:00")
	end := len(text) - 1
	if end < shape || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[end] != 'Z' {
		return 0, false
	}
	for i, c := range text[shape:end] {
		if c != ':' && (i == 0 || c != '.' && (c < '0' || c > '9')) {
			return 0, false
		}
	}
	century, year, month, dayOfMonth := twoDigits(text, 0), twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8)
	hour, minute := twoDigits(text, 11), twoDigits(text, 14)
	if century < 1 || century > 99 || year > 99 || month < 1 || month > 12 || dayOfMonth < 1 || hour > 23 || minute > 59 {
		return 0, false
	}
	year += century * 100
	if dayOfMonth > 28 && dayNumber(year, month, dayOfMonth) >= dayNumber(year, month+1, 1) {
		return 0, false
	}
	return int64(dayNumber(year, month, dayOfMonth)*86400 + hour*3600 + minute*60), true
}

// twoDigits reads the number at i; it is above 99 where there is none.
func twoDigits(text []byte, i int) int {
	tens, units := text[i]-'0', text[i+1]-'0'
	if tens > 9 || units > 9 {
		return 100
	}
	return int(tens)*10 + int(units)
}

// dayNumber counts the days since 1970-01-01. The year counts from March, so that the leap day is its last. time.Date
// would take three times as long, which shows over 26,000 points.
func dayNumber(year, month, day int) int {
	if month < 3 {
		year, month = year-1, month+12
	}
	return year*365 + year/4 - year/100 + year/400 + (153*month-457)/5 + day - 719469
}
