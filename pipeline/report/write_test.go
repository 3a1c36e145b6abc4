package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/internal/golden"
)

func written(t *testing.T, d Data) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatalf("write: %v", err)
	}
	return b.String()
}

func TestWrite_GoldenOfASmallReport(t *testing.T) {
	got := written(t, small())
	golden.Compare(t, filepath.Join("testdata", "small.html"), got)
}

func TestWrite_SameDataSameBytes(t *testing.T) {
	first := written(t, sample())
	pages := make(chan string)
	for range 4 {
		go func() {
			var b bytes.Buffer
			if err := Write(&b, sample()); err != nil {
				b.WriteString(err.Error())
			}
			pages <- b.String()
		}()
	}
	for range 4 {
		if <-pages != first {
			t.Error("two pages of the same data differ")
		}
	}
}

// pageParts lists the names of all elements and attributes of a page, and
// fails where an element is not closed.
func pageParts(t *testing.T, text string) (elements, attributes []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict, d.AutoClose, d.Entity = false, []string{"meta", "br"}, xml.HTMLEntity
	var open []string
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if len(open) > 0 {
				t.Errorf("elements left open: %v", open)
			}
			return elements, attributes
		}
		if err != nil {
			t.Fatalf("the page cannot be parsed: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			elements = append(elements, e.Name.Local)
			for _, a := range e.Attr {
				attributes = append(attributes, a.Name.Local)
			}
			if !slices.Contains(d.AutoClose, e.Name.Local) {
				open = append(open, e.Name.Local)
			}
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != e.Name.Local {
				if !slices.Contains(d.AutoClose, e.Name.Local) {
					t.Fatalf("</%s> closes nothing: open are %v", e.Name.Local, open)
				}
				continue
			}
			open = open[:len(open)-1]
		}
	}
}

func TestWrite_HostileTextAddsNoElementAndNoAttribute(t *testing.T) {
	calm, hurt := sample(), hostile()
	wantElements, wantAttributes := pageParts(t, written(t, calm))
	gotElements, gotAttributes := pageParts(t, written(t, hurt))
	for _, c := range []struct {
		what      string
		got, want []string
	}{{"element", gotElements, wantElements}, {"attribute", gotAttributes, wantAttributes}} {
		for _, name := range c.got {
			// The folding of a long text is the one thing that text may add.
			if !slices.Contains(c.want, name) && name != "details" && name != "summary" {
				t.Errorf("hostile text made %s %q", c.what, name)
			}
		}
	}
	if text := written(t, hurt); strings.ContainsAny(text, "\x00\u202e") {
		t.Error("control characters reached the page")
	}
}

func TestWrite_FetchesNothing(t *testing.T) {
	for _, d := range []Data{sample(), crowded(), small(), {}} {
		page := written(t, d)
		for _, trace := range []string{"http:", "https:", "//", "url(", "@import", "<script", "<link", "<img", "<iframe", "xlink", "src="} {
			if strings.Contains(page, trace) {
				t.Errorf("the page contains %q", trace)
			}
		}
		if !strings.Contains(page, "default-src 'none'") {
			t.Error("the page does not forbid fetching")
		}
	}
}

func TestWrite_EmptyDataSaysWhatIsMissing(t *testing.T) {
	page := written(t, Data{})
	for _, sentence := range []string{"There are no groups", "Too little history for a test", "There is no tree", "No model is in use"} {
		if !strings.Contains(page, sentence) {
			t.Errorf("the page does not say %q", sentence)
		}
	}
	pageParts(t, page)
}

func TestWrite_UnknownNumbersAreDashes(t *testing.T) {
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		d := sample()
		for i := range d.Groups {
			g := &d.Groups[i]
			for _, f := range []*float64{&g.Probability, &g.Low, &g.High, &g.TestRate, &g.Lift, &g.ExpectedReturns, &g.CumulativeReturns,
				&g.ExpectedSpend, &g.ExpectedMargin, &g.ContactCost, &g.BreakEvenLift, &g.DetectableLift} {
				*f = x
			}
		}
		for i := range d.Models {
			m := &d.Models[i]
			for _, f := range []*float64{&m.AUC, &m.Low, &m.High, &m.AveragePrecision, &m.LogLoss, &m.Brier, &m.ECE, &m.Slope,
				&m.LiftTop10, &m.CaptureTop10, &m.CaptureTop20, &m.MeanProbability} {
				*f = x
			}
		}
		for i := range d.TestGroups {
			g := &d.TestGroups[i]
			g.Predicted, g.Low, g.High, g.Captured = x, x, x, x
		}
		for i := range d.Importance {
			d.Importance[i].Share = x
		}
		d.Gains[0].Points[3] = Point{x, x}
		d.Tree.Probability, d.Tree.Children[0].Children[0].Probability, d.Test.BaseRate = x, x, x
		page := written(t, d)
		if strings.Contains(page, "NaN") || strings.Contains(page, "Inf") {
			t.Errorf("a number that is %v reached the page", x)
		}
		if strings.Count(page, ">–</td>") < 100 {
			t.Errorf("of the numbers that are %v only %d became dashes", x, strings.Count(page, ">–</td>"))
		}
	}
}

func TestWrite_LeavesItsInputAlone(t *testing.T) {
	d := hostile()
	written(t, d)
	if d.Groups[0].Rule != hostileText || d.Tree.Condition != hostileText || d.Warnings[0] != hostileText || d.Importance[0].Feature != hostileText {
		t.Error("writing changed the data")
	}
}

func TestWrite_SaysWhenRowsDoNotAddUp(t *testing.T) {
	d := small()
	if strings.Contains(written(t, d), "do not add up") {
		t.Error("rows that add up are called wrong")
	}
	d.Rows.Used--
	if !strings.Contains(written(t, d), "do not add up: rows read differ from rows used and set aside by 1.") {
		t.Error("a missing row is not mentioned")
	}
}

func TestWrite_HeadlineFollowsTheRecommendation(t *testing.T) {
	page := written(t, sample())
	for _, part := range []string{"<b>32,925</b>", "<b>group 6</b>", "<b>3,594</b>", "not recommended tonight: 7–10", "<b>52,792</b>"} {
		if !strings.Contains(page, part) {
			t.Errorf("the headline lacks %q", part)
		}
	}
	if !strings.Contains(written(t, hopeless()), "No group is recommended tonight.") {
		t.Error("the page hides that nothing is recommended")
	}
}

type brokenWriter struct{ left int }

var errFull = errors.New("disk full")

func (w *brokenWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		return 0, errFull
	}
	w.left -= len(p)
	return len(p), nil
}

func TestWrite_ReportsTheWritersError(t *testing.T) {
	for _, left := range []int{0, 5000, 9000} {
		if err := Write(&brokenWriter{left}, sample()); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: %v", left, err)
		}
	}
}
