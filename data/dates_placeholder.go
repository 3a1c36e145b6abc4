package data

import "slices"

// placeholder marks a time that stands for no date, such as 9999-12-31.
const placeholder = unreadable + 1

// farDay is 9999-12-31.
const farDay = Day(2_932_896)

// impossibleDays stand for no date wherever they are found: no shop was open
// then. They are the first and last days that programs can write.
var impossibleDays = map[Day]bool{
	-719_162:  true, // 0001-01-01
	-106_752:  true, // 1677-09-21, the first of 64 bits of nanoseconds
	-134_774:  true, // 1601-01-01, Windows
	-79_257:   true, // 1753-01-01, SQL Server
	-25_569:   true, // 1899-12-30, Excel
	-25_568:   true, // 1899-12-31, Excel
	106_751:   true, // 2262-04-11, the last of 64 bits of nanoseconds
	2_932_532: true, // 9999-01-01
	farDay:    true,
}

func isPlaceholderDate(year, month, day int) bool {
	switch (year*100+month)*100 + day {
	case 1_01_01, 1601_01_01, 1753_01_01, 1899_12_30, 1899_12_31, 9999_01_01, 9999_12_31:
		return true
	}
	return false
}

// timeMark is the time of a line, or the mark that it has none: years before
// 1900 and after 2199 cannot be the day of an order.
func timeMark(micros int64) int64 {
	switch day := DayOfMicros(micros); {
	case plausibleDay(int64(day)):
		return micros
	case impossibleDays[day]:
		return placeholder
	}
	return unreadable
}

// doubtfulDays stand for no date in many tables, and may be the day of an order
// in others: the origins and ends of the calendars of programs.
var doubtfulDays = [...]Day{
	-25_567, // 1900-01-01
	-25_202, // 1901-01-01
	-24_107, // 1904-01-01
	-3653,   // 1960-01-01
	-1,      // 1969-12-31, where 0 is moved to a clock in the west
	0,       // 1970-01-01
	3652,    // 1980-01-01
	7305,    // 1990-01-01
	10_957,  // 2000-01-01
	11_323,  // 2001-01-01
	24_855,  // 2038-01-19
	39_968,  // 2079-06-06
	47_481,  // 2099-12-31
	47_482,  // 2100-01-01
}

// Times between these two are on no doubtful day.
const (
	surelyFrom   = 11_324 * microsPerDay
	surelyBefore = 24_855 * microsPerDay
)

func doubtfulIndex(day Day) int { return slices.Index(doubtfulDays[:], day) }

// doubtfulLines are the lines on a doubtful day.
type doubtfulLines struct {
	Lines     int64 `json:"lines"`
	Purchases bool  `json:"purchases"` // any of them
}

func (d *doubtfulLines) add(o doubtfulLines) {
	d.Lines += o.Lines
	d.Purchases = d.Purchases || o.Purchases
}

// farAway is how many days without a line part a lump on a doubtful day from
// the rest, so that it is no date.
const farAway = 365

// settleDoubtful decides which doubtful days are those of orders, and takes
// them into the times of the counts. The lines of the others, which lie far
// before or after all the rest, are counted as set aside, and their days
// returned. Where all lines are on doubtful days, each is taken as written.
func (c *fileCounts) settleDoubtful() (noDates []Day) {
	if c.firstTime > c.lastTime { // no other line
		for i, d := range c.doubtful {
			c.takeDoubtful(i, d)
		}
		return nil
	}
	earlier, _ := slices.BinarySearch(doubtfulDays[:], DayOfMicros(c.firstTime))
	for i, d := range slices.Backward(c.doubtful[:earlier]) { // from the rest outwards
		if DayOfMicros(c.firstTime)-doubtfulDays[i] < farAway {
			c.takeDoubtful(i, d)
		}
	}
	for i, d := range c.doubtful[earlier:] {
		if doubtfulDays[earlier+i]-DayOfMicros(c.lastTime) < farAway {
			c.takeDoubtful(earlier+i, d)
		}
	}
	for i, day := range doubtfulDays {
		if n := c.doubtful[i].Lines; n > 0 && (day < DayOfMicros(c.firstTime) || day > DayOfMicros(c.lastTime)) {
			c.setAside[PlaceholderDate] += n
			noDates = append(noDates, day)
		}
	}
	return noDates
}

func (c *fileCounts) takeDoubtful(i int, d doubtfulLines) {
	if d.Lines == 0 {
		return
	}
	time := doubtfulDays[i].Micros()
	c.firstTime, c.lastTime = min(c.firstTime, time), max(c.lastTime, time)
	if d.Purchases {
		c.lastBuy = max(c.lastBuy, time)
	}
}

// NoDates are the days that stand for no date in these orders, such as
// 1970-01-01: their lines are set aside. Those that no shop has known, such as
// 9999-12-31, are not among them.
func (o *Orders) NoDates() []Day { return o.build.noDates }
