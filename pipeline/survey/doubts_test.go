package survey

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

// Times of which a part names its zone, or that were written on another clock than
// UTC, are asked about unless a zone is given.
func TestInspect_AsksOfTheClockOfTimes(t *testing.T) {
	written := func(forms ...string) table {
		return sold(table{"order_date": func(i int) any {
			return fmt.Sprintf(forms[i%len(forms)], (ordertest.FirstDay + data.Day(i/4)).String())
		}})
	}
	for name, c := range map[string]struct {
		orders table
		want   string
	}{
		"mixed":         {written("%sT10:00:00Z", "%s 10:00:00"), "name their zone in a part of the rows"},
		"another clock": {written("%sT10:00:00+02:00"), "written on a clock that is not UTC (+02:00)"},
		"local":         {written("%s 10:00"), ""},
		"UTC":           {written("%sT10:00:00Z", "%s 10:00:00+00:00", "%s 11:00:00 -0000"), ""},
		"days":          {written("%s"), ""},
	} {
		texts := c.orders.warnings(t, orders.Options{})
		if c.want == "" && len(texts) > 0 || c.want != "" && (len(texts) != 1 || !strings.Contains(texts[0], c.want) || !strings.Contains(texts[0], "--timezone ZONE")) {
			t.Errorf("%s: want %q, have %q", name, c.want, texts)
		}
		for _, zone := range []string{"Europe/Berlin", "Etc/UTC"} {
			at, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			if texts := c.orders.warnings(t, orders.Options{Zone: at}); len(texts) > 0 {
				t.Errorf("%s in %s: %q", name, zone, texts)
			}
		}
	}
}
