package tables

import "winback/data"

// When says when to contact a customer.
type When struct {
	Weekday    string   // Monday to Sunday; "": no habit of the customer's own that is known to be better than the shop's
	WaitUntil  data.Day // first day to contact; 0: tonight
	WaitReason string   // in words; "" where there is nothing to wait for
}

// whenColumns is the part of a list's layout that says when; empty texts are null.
type whenColumns struct {
	Weekday    string `parquet:"preferred_weekday,optional,dict"`
	WaitUntil  *int32 `parquet:"wait_until,optional,date"`
	WaitReason string `parquet:"wait_reason,optional,dict"`
}

func (c *whenColumns) when() When { return When{c.Weekday, orNoDay(c.WaitUntil), c.WaitReason} }

// orNoDay is day 0, on which no shop has data, where there is none.
func orNoDay(day *int32) data.Day {
	if day == nil {
		return 0
	}
	return data.Day(*day)
}

// Sending says when, and through which channel, messages to a group go out.
type Sending struct {
	HasHours     bool
	From, To     int32   // minutes of the day; 0 where the hours of orders are not known
	Weekday      string  // Monday to Sunday; "" not known
	Channel      string  // of most contacts; "": none, null in the file
	ChannelShare float64 // of the contacts; NaN where there is none
}
