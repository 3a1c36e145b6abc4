package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestLayTree_BoxesStayApartAndHoldTheirText(t *testing.T) {
	for name, d := range map[string]Data{"sample": sample(), "crowded": crowded(), "hostile": hostile(), "small": small()} {
		p := layTree(d.Tree)
		for i, a := range p.Boxes {
			if a.X < 0 || a.Y < 0 || a.X+a.Width > p.Width || a.Y+a.Height > p.Height {
				t.Errorf("%s: box %d leaves the picture", name, i)
			}
			for _, b := range p.Boxes[:i] {
				if a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height && b.Y < a.Y+a.Height {
					t.Errorf("%s: boxes %q and %q overlap", name, a.Lines, b.Lines)
				}
			}
			for _, line := range a.Lines {
				if float64(line.X)+textWidth(line.Text)*fontSize > float64(a.X+a.Width) || line.Y > a.Y+a.Height-4 || line.Y < a.Y+fontSize {
					t.Errorf("%s: line %q leaves its box", name, line.Text)
				}
			}
		}
		if len(p.Edges) != len(p.Boxes)-1 {
			t.Errorf("%s: %d boxes are joined by %d edges", name, len(p.Boxes), len(p.Edges))
		}
	}
}

func TestLayTree_LikelierLeavesAreDarker(t *testing.T) {
	p := layTree(sample().Tree)
	fills := map[string]string{}
	for _, b := range p.Boxes {
		if b.Leaf {
			fills[b.Lines[0].Text] = b.Fill
		}
	}
	if len(fills) != 10 || fills["Group 1"] != "#1f5f8b" || fills["Group 10"] != "#e9f1f7" {
		t.Errorf("fills are %v", fills)
	}
}

func TestGainsPicture_TextStaysInside(t *testing.T) {
	picture, err := gainsPicture(usable(sample().Gains))
	if err != nil {
		t.Fatal(err)
	}
	texts := regexp.MustCompile(`<text textLength="([0-9.]+)"[^>]* x="([-0-9.e]+)" y="([-0-9.e]+)" transform="scale\(1, -1\)"`).FindAllStringSubmatch(string(picture), -1)
	if len(texts) < 12 {
		t.Fatalf("found %d texts", len(texts))
	}
	for _, m := range texts[2:] {
		width, _ := strconv.ParseFloat(m[1], 64)
		x, _ := strconv.ParseFloat(m[2], 64)
		if width <= 0 || x+width > 500 {
			t.Errorf("text at %g of width %g leaves the picture", x, width)
		}
	}
}

func TestUsable_DropsWhatCannotBeDrawn(t *testing.T) {
	nan := math.NaN()
	got := usable([]Curve{
		{"model", []Point{{0.5, 0.8}, {0, 0}, {nan, 1}, {0.7, math.Inf(1)}, {1, 1}}},
		{"broken", []Point{{nan, nan}, {2, 2}}},
	})
	if len(got) != 2 || got[0].Name != "model" || got[1].Name != randomName {
		t.Fatalf("curves are %v", got)
	}
	if len(got[0].Points) != 3 || got[0].Points[0] != (Point{0, 0}) || got[0].Points[2] != (Point{1, 1}) {
		t.Errorf("points are %v", got[0].Points)
	}
	if usable([]Curve{{randomName, []Point{{0, 0}, {1, 1}}}}) != nil {
		t.Error("a random order alone is no gains picture")
	}
}

func TestThin_KeepsTheEnds(t *testing.T) {
	points := make([]Point, 100_000)
	for i := range points {
		points[i].X = float64(i)
	}
	got := thin(points)
	if len(got) != curvePoints || got[0] != points[0] || got[curvePoints-1] != points[len(points)-1] {
		t.Errorf("%d points from %v to %v", len(got), got[0], got[len(got)-1])
	}
}

func TestAt_Interpolates(t *testing.T) {
	points := []Point{{0.1, 0.2}, {0.5, 0.6}, {1, 1}}
	for x, want := range map[float64]float64{0: 0.2, 0.1: 0.2, 0.3: 0.4, 0.5: 0.6, 0.75: 0.8, 1: 1, 2: 1} {
		if got := at(points, x); math.Abs(got-want) > 1e-12 {
			t.Errorf("at %g: %g, want %g", x, got, want)
		}
	}
}

func TestPictures_DrawExtremeNumbers(t *testing.T) {
	if p, err := recencyPicture([]Bin{{0, 30, 1}, {30, 20, 5}, {30, 60, -4}}, 10_000); err != nil || p == "" || strings.Contains(string(p), ">0.5<") {
		t.Errorf("recency: %v, %s", err, p)
	}
	if p, err := recencyPicture(nil, 90); err != nil || p != "" {
		t.Errorf("no bins: %v, %q", err, p)
	}
	if _, err := recencyPicture([]Bin{{0, 30, 4_000_000_000_000}}, 90); err != nil {
		t.Error(err)
	}
	if p, err := calibrationPicture([]TestGroup{{Group: 1, Low: 1, High: -1}}); err != nil || p == "" {
		t.Errorf("zero rates: %v", err)
	}
	if bars := importanceBars([]Importance{{"a", 0}, {"b", math.NaN()}}); len(bars) != 0 {
		t.Errorf("no importance: %v", bars)
	}
	if bars := importanceBars([]Importance{{"", 1e-12}}); len(bars) != 1 || bars[0].Width != 330 {
		t.Errorf("tiny importance: %v", bars)
	}
	long := importanceBars([]Importance{{"half", 0.2}, {strings.Repeat("a long label ", 9), 0.4}})
	if len(long) != 2 || long[0].Width != 330 || long[1].Width != 165 || long[1].Y != importanceStep || textWidth(long[0].Feature) > 27 {
		t.Errorf("a long label takes from the bars: %v", long)
	}
}
