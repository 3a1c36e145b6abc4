package campaign

import (
	"winback/data"
	"winback/data/tables"
	"winback/pipeline/hours"
	"winback/pipeline/ledger"
)

// AnswerHours counts opens and clicks before a day, by customer, of all logs known on
// it. Equal rows of several logs are one.
func AnswerHours(l *ledger.Ledger, asOf data.Day) (map[string]*hours.Counts, error) {
	type answer struct {
		id     string
		at     int64
		status string
	}
	answers, seen := map[string]*hours.Counts{}, map[answer]bool{}
	err := eachContact(l, asOf, func(r *tables.LoggedContact) {
		a := answer{r.CustomerID, r.SentAt, r.Status}
		if r.Status != "opened" && r.Status != "clicked" || r.SentAt >= asOf.Micros() || seen[a] {
			return
		}
		seen[a] = true
		if answers[r.CustomerID] == nil {
			answers[r.CustomerID] = &hours.Counts{}
		}
		answers[r.CustomerID].Add(r.SentAt)
	})
	return answers, err
}
