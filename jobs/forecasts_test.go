package jobs

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/campaign"
	"winback/pipeline/ledger"
)

// TestNight_KeepsWhatItForetellsAndSettlesIt launches, keeps one forecast of the
// month, and counts by itself what came of both sixty days later.
func TestNight_KeepsWhatItForetellsAndSettlesIt(t *testing.T) {
	l := shopLoop(t, launchDay)
	must(t, l.fromRun("spring", nothing[LaunchSettings]))
	l.night(launchDay, nothing[RunSettings])
	_, first := memContent(t, l.files)
	l.night(launchDay, nothing[RunSettings])
	if _, again := memContent(t, l.files); !maps.Equal(first, again) || l.entries() != 2 {
		t.Errorf("a night twice: %d entries, want launch and forecast, and the same bytes", l.entries())
	}
	held := map[string]bool{}
	for _, r := range l.waves("spring")[0].Rows {
		if r.Arm == tables.HoldoutArm {
			held[r.CustomerID] = true
		}
	}
	var contacted string
	read, err := l.campaigner().read("/out")
	must(t, err)
	for id := range foretoldBy(t, &read.Entries[1]) {
		if !held[id] && id > contacted {
			contacted = id
		}
	}
	l.today = (launchDay + 20).String()
	l.write("/log.csv", "customer_id,sent_at\n"+contacted+","+(launchDay+10).String()+"\n")
	must(t, l.sent("", ofLog("/log.csv")))
	l.night(launchDay+61, nothing[RunSettings])
	if read, err = l.campaigner().read("/out"); err != nil || len(read.Entries) != 6 {
		t.Fatalf("%d entries, %v; want launch, forecast, sent, two results and the forecast of that month", len(read.Entries), err)
	}
	bought := map[string]bool{}
	for _, line := range before(plantedShop(900, 4), launchDay+60) {
		if data.DayOfMicros(line.OrderedAt) >= launchDay && line.Quantity > 0 {
			bought[line.CustomerID] = true
		}
	}
	record, err := campaign.Record(read, launchDay+62)
	must(t, err)
	var got [2]tables.SettledRow
	for _, row := range record.Rows {
		at := 0
		if len(got) > 1 && row.Customers > 0 && got[0].Group >= row.Group { // the second forecast begins
			at = 1
		} else if got[1].Customers > 0 {
			at = 1
		}
		got[at].Group, got[at].Customers, got[at].Returned = row.Group, got[at].Customers+row.Customers, got[at].Returned+row.Returned
	}
	var want [2][2]int64
	for id := range held {
		want[0][0]++
		if bought[id] {
			want[0][1]++
		}
	}
	for id := range foretoldBy(t, &read.Entries[1]) {
		if id == contacted {
			continue
		}
		want[1][0]++
		if bought[id] {
			want[1][1]++
		}
	}
	for k, w := range want {
		if got[k].Customers != w[0] || got[k].Returned != w[1] {
			t.Errorf("forecast %d: %d returned of %d, want %v", k+1, got[k].Returned, got[k].Customers, w)
		}
	}
	if record.Settled != 2 || !(record.Low < record.ObservedOverExpected && record.ObservedOverExpected < record.High) || !(record.Tau >= .15 && record.Tau <= 1) {
		t.Errorf("record %+v", record)
	}
	must(t, l.measure((launchDay+62).String(), func(s *MeasureSettings) { s.Form = "json" }))
	var said struct{ Forecasts campaign.ForecastRecord }
	must(t, json.Unmarshal(l.said.Bytes(), &said))
	if said.Forecasts.Settled != 2 || said.Forecasts.Tau != record.Tau && !strings.Contains(l.said.String(), `"inside"`) || l.entries() != 6 {
		t.Errorf("measure says %+v, %d entries", said.Forecasts, l.entries())
	}
}

// foretoldBy are the customers of a forecast.
func foretoldBy(t *testing.T, e *ledger.Entry) map[string]float64 {
	t.Helper()
	file, size, err := e.Open(campaign.ForecastFile)
	must(t, err)
	defer file.Close()
	rows := map[string]float64{}
	for row, err := range tables.ReadForecast(file, size) {
		must(t, err)
		rows[row.CustomerID] = row.Probability
	}
	return rows
}
