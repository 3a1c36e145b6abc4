package orders

import (
	"slices"

	"winback/data"
)

// doubtfulDays stand for no date in many tables, and may be the day of an order
// in others: the origins and ends of the calendars of programs.
var doubtfulDays = [...]data.Day{
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
	surelyFrom   = 11_324 * data.MicrosPerDay
	surelyBefore = 24_855 * data.MicrosPerDay
)

func doubtfulIndex(day data.Day) int { return slices.Index(doubtfulDays[:], day) }

// doubtfulLines are the lines on a doubtful day.
type doubtfulLines struct {
	Lines     int64 `json:"lines"`
	Purchases bool  `json:"purchases"` // any of them
}

func (d *doubtfulLines) add(o doubtfulLines) {
	d.Lines += o.Lines
	d.Purchases = d.Purchases || o.Purchases
}

// hasDoubtful says whether any line is on a doubtful day.
func (c *fileCounts) hasDoubtful() bool {
	return slices.ContainsFunc(c.doubtful[:], func(d doubtfulLines) bool { return d.Lines > 0 })
}

// farAway is how many days without a line part a lump on a doubtful day from
// the rest, so that it is no date.
const farAway = 365

// settleDoubtful decides which doubtful days are those of orders, and takes
// them into the times of the counts. The lines of the others, which lie far
// before or after all the rest, are counted as set aside, and their days
// returned. Where all lines are on doubtful days, each is taken as written.
func (c *fileCounts) settleDoubtful() (noDates []data.Day) {
	if c.firstTime > c.lastTime { // no other line
		for i, d := range c.doubtful {
			c.takeDoubtful(i, d)
		}
		return nil
	}
	earlier, _ := slices.BinarySearch(doubtfulDays[:], data.DayOfMicros(c.firstTime))
	for i, d := range slices.Backward(c.doubtful[:earlier]) { // from the rest outwards
		if data.DayOfMicros(c.firstTime)-doubtfulDays[i] < farAway {
			c.takeDoubtful(i, d)
		}
	}
	for i, d := range c.doubtful[earlier:] {
		if doubtfulDays[earlier+i]-data.DayOfMicros(c.lastTime) < farAway {
			c.takeDoubtful(earlier+i, d)
		}
	}
	for i, day := range doubtfulDays {
		if n := c.doubtful[i].Lines; n > 0 && (day < data.DayOfMicros(c.firstTime) || day > data.DayOfMicros(c.lastTime)) {
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
func (o *Table) NoDates() []data.Day { return o.build.noDates }
