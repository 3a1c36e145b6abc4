package external

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/internal/fsys"
	"winback/models"
)

func day(t testing.TB, text string) data.Day {
	t.Helper()
	d, err := data.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func written(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// read opens and reads the scores of two days.
func read(t testing.TB, path, column string) (*Scores, error) {
	t.Helper()
	s, err := Open(context.Background(), fsys.OS(), path, column)
	if err != nil {
		return nil, err
	}
	return s, s.Read(context.Background(), fsys.OS(), []data.Day{day(t, "2026-05-02"), day(t, "2026-07-01")})
}

// added are the ranks of customers on a day.
func added(s *Scores, on data.Day, ids ...string) []float32 {
	m := &models.Matrix{}
	s.AddTo(m, on, ids)
	return m.Columns[0]
}

type parquetRow struct {
	Customer string   `parquet:"customer_id"`
	AsOf     int32    `parquet:"as_of,date"`
	Chance   *float64 `parquet:"chance"`
}

func TestScores_RankCustomersWithinTheirDay(t *testing.T) {
	number := func(v float64) *float64 { return &v }
	may, july := day(t, "2026-05-02"), day(t, "2026-07-01")
	var file bytes.Buffer
	rows := []parquetRow{{"b", int32(may), number(-3)}, {"a", int32(may), number(1e17 + 64)}, {"c", int32(may), number(1e17)}, {"d", int32(may), number(1e17)},
		{"e", int32(may), nil}, {"a", int32(july), number(0)}, {"a", int32(july) - 1, number(7)}}
	if err := parquet.Write(&file, rows); err != nil {
		t.Fatal(err)
	}
	csv := "as_of,customer_id,chance\n2026-05-02,b,-3\n2026-05-02,a,100000000000000064\n2026-05-02,c,1e17\n2026-05-02, d ,1e17\n2026-05-02,e,\n2026-07-01,a,0\n2026-06-30,a,7\n"
	for name, content := range map[string][]byte{"scores.parquet": file.Bytes(), "scores.csv": []byte(csv)} {
		s, err := read(t, written(t, name, content), "")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := added(s, may, "a", "b", "c", "d", "e", "stranger"); !slices.Equal(got, []float32{0.875, 0.125, 0.5, 0.5, 0.0625, 0.0625}) {
			t.Errorf("%s: ranks %v", name, got)
		}
		if got := added(s, july, "a", "b"); !slices.Equal(got, []float32{0.5, 0.25}) {
			t.Errorf("%s: ranks of July %v", name, got)
		}
		if got := added(s, july-1, "a"); !slices.Equal(got, []float32{0}) {
			t.Errorf("%s: a day that nobody asked for has ranks %v", name, got)
		}
		if s.Column != "chance" || s.Rows != 7 || s.Size != int64(len(content)) || len(s.SHA256) != 64 {
			t.Errorf("%s: %q, %d rows, %d bytes, digest %q", name, s.Column, s.Rows, s.Size, s.SHA256)
		}
	}
}

func TestScores_WithinZeroAndOneAreProbabilities(t *testing.T) {
	s, err := read(t, written(t, "s.csv", []byte("customer_id,as_of,score\na,2026-05-02,0.5\nb,2026-05-02,0.25\nc,2026-07-01,1\nd,2026-07-01,0\ne,2026-06-01,7\n")), "")
	if err != nil {
		t.Fatal(err)
	}
	m := &models.Matrix{}
	s.AddTo(m, day(t, "2026-05-02"), []string{"a", "b", "c"})
	if In(m) != ProbabilityColumn || !slices.Equal(m.Columns[0], []float32{0.5, 0.25, 0.125}) {
		t.Errorf("%v: %v", m.Names, m.Columns)
	}
	if p := added(s, day(t, "2026-07-01"), "c", "d", "e"); !(p[0] < 1 && p[0] > p[1] && p[1] > p[2] && p[2] > 0) {
		t.Errorf("of July %v, want falling numbers within 0 and 1", p)
	}
}

func TestScores_FarBelowProbabilitiesAreAnOrder(t *testing.T) {
	for scale, want := range map[string]string{"": ProbabilityColumn, "e-1": ProbabilityColumn, "e-3": RankColumn, "e-9": RankColumn} {
		s, err := read(t, written(t, "s.csv", fmt.Appendf(nil, "customer_id,as_of,score\na,2026-05-02,0.5%[1]s\nb,2026-05-02,0.25%[1]s\nc,2026-05-02,0%[1]s\nd,2026-06-01,7%[1]s\n", scale)), "")
		if err != nil {
			t.Fatal(err)
		}
		m := &models.Matrix{}
		if s.AddTo(m, day(t, "2026-05-02"), []string{"a", "b", "c"}); In(m) != want {
			t.Errorf("times 1%s: %s, want %s", scale, In(m), want)
		}
	}
}

func TestScores_AreTheSameInAnyOrderOfRows(t *testing.T) {
	may := day(t, "2026-05-02")
	one, err := read(t, written(t, "s.csv", []byte("customer_id,as_of,score\na,2026-05-02,1\nb,2026-05-02,2\nc,2026-05-02,2\n")), "")
	other, err2 := read(t, written(t, "s.csv", []byte("customer_id,as_of,score\nc,2026-05-02,2\nb,2026-05-02,2\na,2026-05-02,1\n")), "")
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	if a, b := added(one, may, "a", "b", "c"), added(other, may, "a", "b", "c"); !slices.Equal(a, b) {
		t.Errorf("%v and %v", a, b)
	}
}

func TestScores_WrongFilesAreNamedWithRowColumnAndWhatIsWanted(t *testing.T) {
	for name, c := range map[string]struct{ content, column, want string }{
		"no id column":     {"customer,as_of,score\na,2026-05-02,1\n", "", `column "customer_id" is missing; found customer, as_of, score`},
		"no day column":    {"customer_id,score\na,1\n", "", `column "as_of" is missing`},
		"no score":         {"customer_id,as_of\na,2026-05-02\n", "", `column "score" is missing`},
		"several":          {"customer_id,as_of,old,new\na,2026-05-02,1,2\n", "", "none of the columns old, new is called score; name it with --score-column"},
		"named, not there": {"customer_id,as_of,old\na,2026-05-02,1\n", "new", `column "new" is missing, which --score-column names; found beside customer_id and as_of: old`},
		"no id":            {"customer_id,as_of,score\n,2026-05-02,1\n", "", `row 2: column "customer_id": want an id`},
		"shortened id":     {"customer_id,as_of,score\n1.3E+12,2026-05-02,1\n", "", `row 2: column "customer_id": want an id written out, not in scientific notation, found "1.3E+12"`},
		"no day":           {"customer_id,as_of,score\na,2026-05-02,1\nb,soon,1\n", "", `row 3: column "as_of": want a day such as 2026-06-30, found "soon"`},
		"a time":           {"customer_id,as_of,score\na,2026-05-02T10:00:00,1\n", "", `row 2: column "as_of": want a day such as 2026-06-30`},
		"either order":     {"customer_id,as_of,score\na,05/02/2026,1\n", "", `row 2: column "as_of": want a day such as 2026-06-30, found "05/02/2026"`},
		"no number":        {"customer_id,as_of,score\na,2026-05-02,high\n", "", `row 2: column "score": want a number such as 12.50, found "high"`},
		"not a number":     {"customer_id,as_of,score\na,2026-05-02,NaN\n", "", `row 2: column "score": want a number such as 12.50, found "NaN"`},
		"twice":            {"customer_id,as_of,score\na,2026-05-02,1\nb,2026-05-02,1\na,2026-05-02,2\n", "", "row 4: the same customer_id and as_of as in row 2; want one score for each customer and day"},
	} {
		path := written(t, "scores.csv", []byte(c.content))
		_, err := read(t, path, c.column)
		var input *data.InputError
		if !errors.As(err, &input) || input.Path != path || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := read(t, filepath.Join(t.TempDir(), "none.parquet"), ""); err == nil || !strings.Contains(err.Error(), "none.parquet") {
		t.Errorf("no file: %v", err)
	}
}

func TestOpen_TakesTheColumnThatIsNamedBeforeTheOneCalledScore(t *testing.T) {
	path := written(t, "scores.csv", []byte("customer_id,as_of,score,mine\na,2026-05-02,1,2\n"))
	for named, want := range map[string]string{"": "score", "mine": "mine"} {
		s, err := Open(context.Background(), fsys.OS(), path, named)
		if err != nil || s.Column != want {
			t.Errorf("%q: %+v, %v", named, s, err)
		}
	}
}

func TestNeed_NamesTheDaysThatAreMissingAndThoseThatAreThere(t *testing.T) {
	s, err := read(t, written(t, "scores.csv", []byte("customer_id,as_of,score\na,2026-05-02,1\nb,2026-07-01,\n")), "")
	if err != nil {
		t.Fatal(err)
	}
	may, july := day(t, "2026-05-02"), day(t, "2026-07-01")
	if err := s.Need([]data.Day{may}, nil); err != nil {
		t.Error(err)
	}
	err = s.Need([]data.Day{may, july}, []data.Day{may, may - 60})
	want := `no scores in column "score" with as_of 2026-07-01; want those of tonight, 2026-07-01, and of the days on which models are compared and tested, 2026-05-02, 2026-03-03; found 2026-05-02, 2026-07-01`
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestCovers_WantsHalfOfTheCustomers(t *testing.T) {
	s, err := read(t, written(t, "scores.csv", []byte("customer_id,as_of,score\na,2026-05-02,1\nb,2026-05-02,2\n")), "")
	if err != nil {
		t.Fatal(err)
	}
	may := day(t, "2026-05-02")
	m := &models.Matrix{Names: []string{"orders"}, Levels: [][]string{nil}, Columns: [][]float32{{1, 2, 3, 4, 5}}}
	s.AddTo(m, may, []string{"a", "b", "c", "d", "e"})
	if without, err := s.Covers(may, m, 0, 4); err != nil || without != 2 {
		t.Error(err)
	}
	if _, err := s.Covers(may, m, 0, 5); err == nil || !strings.Contains(err.Error(), "as_of 2026-05-02: 40.0 % of the customers lapsed on that day have a score in column \"score\", want at least 50 %") {
		t.Errorf("two of five: %v", err)
	}
	same, err := read(t, written(t, "same.csv", []byte("customer_id,as_of,score\na,2026-05-02,3\nb,2026-05-02,3\n")), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := same.Covers(may, m, 0, 2); err == nil || !strings.Contains(err.Error(), "all 2 scores in column \"score\" are the same, and rank nobody") {
		t.Errorf("all the same: %v", err)
	}
	if hidden := Hide(m); !slices.Equal(hidden.Names, []string{"orders"}) || In(m) != RankColumn || In(hidden) != "" || Hide(hidden) != hidden {
		t.Errorf("hidden: %v", hidden.Names)
	}
}

func TestScores_WithoutAFileChangeNothing(t *testing.T) {
	s, err := Open(context.Background(), fsys.OS(), "", "")
	m := &models.Matrix{Names: []string{"orders"}, Levels: [][]string{nil}, Columns: [][]float32{{1}}}
	s.AddTo(m, 0, []string{"a"})
	without, uncovered := s.Covers(0, m, 0, 1)
	if err != nil || s != nil || s.IsKnown() || In(m) != "" || without != 0 || uncovered != nil {
		t.Errorf("%v, %v, %v", s, m.Names, err)
	}
}

func TestScores_TellSmallProbabilitiesApart(t *testing.T) {
	s, err := read(t, written(t, "scores.csv", []byte("customer_id,as_of,chance\na,2026-05-02,0\nb,2026-05-02,1e-40\nc,2026-05-02,1e-9\nd,2026-05-02,2e-9\ne,2026-05-02,0.0000009\nf,2026-05-02,0.000001\ng,2026-05-02,0.5\nh,2026-05-02,1\n")), "")
	if err != nil {
		t.Fatal(err)
	}
	got := added(s, day(t, "2026-05-02"), "stranger", "a", "b", "c", "d", "e", "f", "g", "h")
	for i, value := range got {
		if i > 0 && value <= got[i-1] || i > 0 && value < leastProbability/2 || value >= 1 {
			t.Errorf("values %v", got)
		}
	}
	if got[6] != leastProbability || got[7] != .5 {
		t.Errorf("0.000001 and 0.5 are %v and %v", got[6], got[7])
	}
}
