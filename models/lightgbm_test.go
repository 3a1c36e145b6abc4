package models

import (
	"bytes"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"winback/internal/golden"
)

// lightGBMModel is what a reader of the text makes of it, by the rules of
// LightGBM's own prediction.
type lightGBMModel struct{ trees []map[string][]float64 }

func parseLightGBM(t *testing.T, text string) lightGBMModel {
	t.Helper()
	head, rest, ok := strings.Cut(text, "\n\nTree=0\n")
	if !ok || !strings.HasPrefix(head, "tree\nversion=v4\n") {
		t.Fatalf("no header:\n%.300s", text)
	}
	body, _, ok := strings.Cut("Tree=0\n"+rest, "end of trees\n")
	if !ok {
		t.Fatal("no end of trees")
	}
	_, sizes, _ := strings.Cut(head, "tree_sizes=")
	var m lightGBMModel
	for i, size := range strings.Fields(sizes) {
		n, err := strconv.Atoi(size)
		if err != nil || n > len(body) {
			t.Fatalf("size %q of tree %d, %d bytes left", size, i, len(body))
		}
		part := body[:n]
		body = body[n:]
		if !strings.HasPrefix(part, fmt.Sprintf("Tree=%d\n", i)) || !strings.HasSuffix(part, "shrinkage=1\n\n\n") {
			t.Fatalf("tree %d has another size", i)
		}
		tree := map[string][]float64{}
		for line := range strings.Lines(part) {
			name, list, _ := strings.Cut(strings.TrimSpace(line), "=")
			for _, word := range strings.Fields(list) {
				x, err := strconv.ParseFloat(word, 64)
				if err != nil {
					t.Fatalf("tree %d, %s: %v", i, name, err)
				}
				tree[name] = append(tree[name], x)
			}
		}
		m.trees = append(m.trees, tree)
	}
	if body != "" {
		t.Fatalf("%d bytes after the trees", len(body))
	}
	return m
}

func (m *lightGBMModel) margin(x *Matrix, row int) float64 {
	sum := 0.0
	for _, t := range m.trees {
		at := 0
		if len(t["leaf_value"]) == 1 {
			at = -1
		}
		for at >= 0 {
			at = nextInLightGBM(t, at, float64(x.Columns[int(t["split_feature"][at])][row]))
		}
		sum += t["leaf_value"][-1-at]
	}
	return sum
}

func nextInLightGBM(t map[string][]float64, at int, cell float64) int {
	decision, left := int(t["decision_type"][at]), false
	switch {
	case decision&1 == 1:
		set := int(t["threshold"][at])
		from, to := int(t["cat_boundaries"][set]), int(t["cat_boundaries"][set+1])
		if cell >= 0 && cell < float64(32*(to-from)) {
			left = uint32(t["cat_threshold"][from+int(cell)/32])>>(int(cell)%32)&1 == 1
		}
	case math.IsNaN(cell):
		left = decision&2 != 0
	default:
		left = cell <= t["threshold"][at]
	}
	if left {
		return int(t["left_child"][at])
	}
	return int(t["right_child"][at])
}

func asLightGBM(t *testing.T, e *Ensemble) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteLightGBM(&b, e); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteLightGBM_SaysTheSameOfEveryRow(t *testing.T) {
	train := manyLevels(gappyShop(6000, 7, 5))
	e := mustBoost(t, train, func(s *BoostSettings) { s.Trees, s.MinRows, s.MinLevel, s.MaxLeaves = 60, 20, 5, 31 })
	m := parseLightGBM(t, asLightGBM(t, e))
	unseen := gappyShop(2000, 7, 6)
	for i := range unseen.X.Columns[6] {
		unseen.X.Columns[6][i] = float32(i%80 - 10)
	}
	for _, x := range []*Matrix{train.X, unseen.X} {
		margin := make([]float64, x.Rows())
		e.Margin(x, margin)
		for row, want := range margin {
			if got := m.margin(x, row); got != want {
				t.Fatalf("row %d: %v, want %v", row, got, want)
			}
		}
	}
}

// manyLevels gives the last column seventy levels.
func manyLevels(train *Training) *Training {
	levels := make([]string, 70)
	for i := range levels {
		levels[i] = fmt.Sprintf("level %02d", i)
	}
	c := len(train.X.Levels) - 1
	train.X.Levels[c] = levels
	for i, x := range train.X.Columns[c] {
		train.X.Columns[c][i] = x*20 + float32(i%23)
	}
	return train
}

func TestWriteLightGBM_GivesTheKnownText(t *testing.T) {
	e := smallModels()["ensemble"].(*Ensemble)
	e.Trees[0][1].MissingLeft = true
	got := asLightGBM(t, e)
	golden.Compare(t, filepath.Join("testdata", "lightgbm.golden"), got)
}

func TestWriteLightGBM_WithoutTreesIsThePrior(t *testing.T) {
	x := oneColumn([]float32{1}, nil)
	m := parseLightGBM(t, asLightGBM(t, &Ensemble{Names: x.Names, Levels: x.Levels, Prior: -1.5}))
	if got := m.margin(x, 0); got != -1.5 {
		t.Errorf("margin %v", got)
	}
}

func TestWriteLightGBM_KeepsNamesApart(t *testing.T) {
	got := lightGBMNames([]string{"days since", "days:since", "", "ä", "days_since"})
	if want := "days_since days_since_2 _ ä days_since_3"; strings.Join(got, " ") != want {
		t.Errorf("names %q", got)
	}
}
