package jobs

import (
	"context"
	"fmt"
	"math"
	"testing"

	"winback/data"
	"winback/pipeline/campaign"
)

// TestCampaign_DaysAreTheLooksOfEachNight plays a campaign of two groups and wants
// of every past night in tonight's look what that night itself has measured.
func TestCampaign_DaysAreTheLooksOfEachNight(t *testing.T) {
	l := newLoop(t)
	list, orders := "customer_id,group,arm,probability\n", "customer_id,ordered_at,amount\n"
	for i := range 120 {
		list += fmt.Sprintf("c%03d,%d,%s,0.2\n", i, 1+i%2, []string{"mail", "mail", "holdout"}[i/2%3])
		orders += fmt.Sprintf("c%03d,2025-01-15,20\n", i)
		if i%4 == 0 {
			orders += fmt.Sprintf("c%03d,%s,30\n", i, day("2025-07-01")+data.Day(i*i%90))
		}
	}
	orders += "late,2025-10-20,1\n"
	l.orders(orders)
	l.write("/list.csv", list)
	must(t, l.launch("spring", func(*LaunchSettings) {}))
	send := func(group int, on string) {
		must(t, l.sent("spring", func(s *SentSettings) { s.Groups.Named, s.On = []int{group}, day(on) }))
	}
	send(1, "2025-07-02")
	send(2, "2025-07-09")
	look := func(asOf data.Day) *campaign.Measured {
		m, err := l.campaigner().measured(context.Background(), with(func(s *MeasureSettings) {
			s.Out, s.AsOf, s.Workers = "/out", asOf, 1
		}), []string{"/orders"})
		must(t, err)
		defer m.close()
		return m.seen[0]
	}
	days := look(day("2025-10-15")).Days()
	if len(days) != 67 || days[0].AsOf != day("2025-07-03") {
		t.Fatalf("%d days, want 67 from 2025-07-03", len(days))
	}
	for _, d := range days {
		if d.AsOf > day("2025-08-30") || d.AsOf%5 != 0 { // all windows open, a sample
			continue
		}
		m := look(d.AsOf)
		wave := m.Rows[len(m.Rows)-1]
		for k, pair := range [][2]float64{{d.Extra.Value, *wave.ExtraReturns}, {d.Extra.Low, *wave.ExtraLow}, {d.Extra.High, *wave.ExtraHigh}, {float64(d.Returns), float64(*wave.Returns)}} {
			if math.Abs(pair[0]-pair[1]) > 1e-9 {
				t.Errorf("%s, figure %d: %v in the days, %v on that night", d.AsOf, k, pair[0], pair[1])
			}
		}
	}
}
