package plan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/internal/fsys"
)

func suppressionFile(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func parquetBytes[T any](t *testing.T, rows []T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := parquet.Write(&b, rows); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type textIDRow struct {
	Email string  `parquet:"email"`
	ID    *string `parquet:"customer_id"`
}

type intIDRow struct {
	ID int32 `parquet:"customer_id"`
}

type longIDRow struct {
	ID int64 `parquet:"customer_id"`
}

type unsignedIDRow struct {
	ID uint64 `parquet:"customer_id"`
}

type doubleIDRow struct {
	ID float64 `parquet:"customer_id"`
}

func TestReadSuppressions_EveryForm(t *testing.T) {
	b, c := "b", " c "
	for name, file := range map[string]struct {
		content []byte
		want    []string
	}{
		"one a line":         {[]byte("b\n\n a \r\nb\n"), []string{"a", "b"}},
		"no last line end":   {[]byte("13085"), []string{"13085"}},
		"old Mac lines":      {[]byte("b\ra"), []string{"a", "b"}},
		"byte order mark":    {[]byte("\xef\xbb\xbfcustomer_id\n7\n"), []string{"7"}},
		"heading":            {[]byte("Customer ID\n7\n"), []string{"7"}},
		"quoted":             {[]byte("\"a\"\n\"b\"\n"), []string{"a", "b"}},
		"float text":         {[]byte("13085.0\n-2.00\n1.5\nx.0\n"), []string{"-2", "1.5", "13085", "x.0"}},
		"CSV by name":        {[]byte("email,CUSTOMER_ID\nx@y,7\n\"a,b\",8\n"), []string{"7", "8"}},
		"zeros, case":        {[]byte("00123\n123\n'0123\n=\"0123\"\nAnna@Shop.Example\n000\n"), []string{"0", "123", "anna@shop.example"}},
		"resource paths":     {[]byte("gid://shopify/Customer/0123\n123\nhttps://shop.example/users/ab-7\ngid://shopify\nx/9\ngid://a/b/\nmailto:a@b\n"), []string{"123", "ab-7", "gid://a/b/", "gid://shopify", "mailto:a@b", "x/9"}},
		"CSV by other name":  {[]byte("email,customer_no\nx@y,7\nz@y,8\n"), []string{"7", "8"}},
		"CSV by e-mail":      {[]byte("date,E-Mail\n2026-01-01,x@y\n"), []string{"x@y"}},
		"CSV first column":   {[]byte("7;x\n8;y\n"), []string{"7", "8"}},
		"CSV with heading":   {[]byte("id\tname\n7\tx\n"), []string{"7"}},
		"parquet text":       {parquetBytes(t, []textIDRow{{"x", &b}, {"y@z", nil}, {"z", &c}}), []string{"b", "c", "y@z"}},
		"parquet integers":   {parquetBytes(t, []intIDRow{{13085}, {-2}}), []string{"-2", "13085"}},
		"parquet longs":      {parquetBytes(t, []longIDRow{{9_000_000_000}}), []string{"9000000000"}},
		"parquet unsigned":   {parquetBytes(t, []unsignedIDRow{{math.MaxUint64}}), []string{"18446744073709551615"}},
		"parquet doubles":    {parquetBytes(t, []doubleIDRow{{13085}, {math.NaN()}, {1e15}}), []string{"1000000000000000", "13085"}},
		"parquet many pages": {parquetBytes(t, slices.Repeat([]longIDRow{{1}, {2}}, 50_000)), []string{"1", "2"}},
	} {
		s, err := ReadSuppressions(fsys.OS(), suppressionFile(t, file.content))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.Equal(s.ids, file.want) {
			t.Errorf("%s: %q, want %q", name, s.ids, file.want)
		}
	}
}

// A row counts by its id and by its addresses, of which those beside an id are no entries.
func TestReadSuppressions_EveryCellOfARowCounts(t *testing.T) {
	text := "Kunde;customer_id;E-Mail;Mobile\nx;7;a@b;0151 2\nx;;c@d;\nx;9\nx;;;+49 3\nx;8;c@d;"
	s, err := ReadSuppressions(fsys.OS(), suppressionFile(t, []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"+49 3", "7", "8", "9", "c@d"}; !slices.Equal(s.ids, want) || !slices.Equal(slices.Collect(s.All()), []string{"+49 3", "0151 2", "7", "8", "9", "a@b", "c@d"}) {
		t.Errorf("entries %q, with addresses %q", s.ids, slices.Collect(s.All()))
	}
	known := newKnown(s.With(NewSuppressions([]string{"5"})).Without(nil))
	known.see("A@B") // an id that is the address beside the id of another system
	known.Also(func(address string) bool { return address == "0151 2" })
	if known.Listed != 6 || known.Known != 1 || known.Addresses() != 2 || !s.Has("A@b") || s.Has("0151 2") {
		t.Errorf("%+v, %d addresses; want 1 of 6 known", known, known.Addresses())
	}
	renamed := s.Renamed(func(give func(id, other string)) { give("7", "shop-7") })
	if renamed.beside("a@b") != "shop-7" {
		t.Errorf("the address stands beside %q", renamed.beside("a@b"))
	}
}

func TestReadSuppressions_NothingInItIsItsOwnError(t *testing.T) {
	none := []string{
		filepath.Join(t.TempDir(), "missing"),
		suppressionFile(t, nil),
		suppressionFile(t, []byte("\n \n")),
		suppressionFile(t, []byte("customer_id\n")),
		suppressionFile(t, []byte("customer_id,email\n")),
		suppressionFile(t, parquetBytes(t, []longIDRow{})),
	}
	for _, path := range none {
		if _, err := ReadSuppressions(fsys.OS(), path); !errors.Is(err, ErrNoSuppressions) || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, want one that names the file and is ErrNoSuppressions", err)
		}
	}
}

func TestReadSuppressions_OtherFilesAreErrors(t *testing.T) {
	type noID struct {
		Email string `parquet:"email"`
	}
	type dayID struct {
		ID int32 `parquet:"customer_id,date"`
	}
	good := parquetBytes(t, []longIDRow{{1}, {2}})
	for want, content := range map[string][]byte{
		"want UTF-8 text, CSV or Parquet":         {'1', 0},
		"have UTF-16":                             {0xff, 0xfe, '1', 0},
		`column "customer_id" is missing`:         parquetBytes(t, []noID{{"x"}}),
		"want an id or a name, have a date":       parquetBytes(t, []dayID{{1}}),
		"it was cut short":                        good[:len(good)-6],
		"line 2 has 1 fields, the customer id is": []byte("email,customer_id\nx\n"),
	} {
		_, err := ReadSuppressions(fsys.OS(), suppressionFile(t, content))
		if err == nil || errors.Is(err, ErrNoSuppressions) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestReadSuppressions_DamageInTheRowsNeverChangesTheListSilently(t *testing.T) {
	rows := make([]longIDRow, 500)
	for i := range rows {
		rows[i].ID = int64(i)
	}
	file := parquetBytes(t, rows)
	whole, err := ReadSuppressions(fsys.OS(), suppressionFile(t, file))
	if err != nil {
		t.Fatal(err)
	}
	footer := len(file) - 8 - int(binary.LittleEndian.Uint32(file[len(file)-8:]))
	for at := 4; at < len(file); at += 1 + len(file)/300 {
		damaged := slices.Clone(file)
		damaged[at] ^= 0x41
		s, err := ReadSuppressions(fsys.OS(), suppressionFile(t, damaged))
		if at < footer && err == nil && !slices.Equal(s.ids, whole.ids) {
			t.Errorf("byte %d: another list and no error", at)
		}
	}
}

func TestSuppressions_Mark(t *testing.T) {
	s := NewSuppressions([]string{"5", "13085.0", "zz", "5", "0"})
	ids := []string{"1", "13085", "5", "5.0", "7"}
	suppressed, named := s.Mark(ids)
	if want := []bool{false, true, true, true, false}; !slices.Equal(suppressed, want) || named != 3 {
		t.Errorf("%v (%d named), want %v", suppressed, named, want)
	}
	for i, id := range ids {
		if s.Has(id) != suppressed[i] {
			t.Errorf("row %d: Has says %v", i, s.Has(id))
		}
	}
	if s.Len() != 4 {
		t.Errorf("%d different ids, want 4", s.Len())
	}
	var nobody *Suppressions
	if suppressed, named := nobody.Mark(ids); slices.Contains(suppressed, true) || named != 0 || nobody.Has("5") || nobody.Len() != 0 {
		t.Error("a list that was not given suppresses somebody")
	}
}

func TestSuppressions_MarkAgreesWithASet(t *testing.T) {
	var listed []string
	set := map[string]bool{}
	for i := 0; i < 5000; i += 7 {
		id := fmt.Sprint(i)
		listed, set[id] = append(listed, id), true
	}
	var ids []string
	for i := range 4000 {
		ids = append(ids, fmt.Sprint(i))
	}
	slices.Sort(ids)
	suppressed, _ := NewSuppressions(listed).Mark(ids)
	for i, id := range ids {
		if suppressed[i] != set[id] {
			t.Fatalf("row %d: %v, want %v", i, suppressed[i], set[id])
		}
	}
}

// Ids that differ in what spreadsheets change about them name one customer.
func TestSuppressions_FoldedFormsMatch(t *testing.T) {
	for _, form := range []string{"5001", " 5001 ", "5001.0", "00005001", "'5001", `="5001"`, "05001.00", "\u00a05001"} {
		if !NewSuppressions([]string{form}).Has("5001") || !NewSuppressions([]string{"5001"}).Has(form) {
			t.Errorf("%q does not match 5001", form)
		}
	}
	if !NewSuppressions([]string{"anna.7@shop.example"}).Has("Anna.7@Shop.example  ") {
		t.Error("case and blanks of an e-mail address keep it from matching")
	}
	for _, other := range []string{"5001.5", "-5001", "5001a", "50010", "500.1"} {
		if NewSuppressions([]string{"5001"}).Has(other) {
			t.Errorf("%q matches 5001", other)
		}
	}
}

func TestSuppressions_ShortenedIDsAreCounted(t *testing.T) {
	s, err := ReadSuppressions(fsys.OS(), suppressionFile(t, []byte("6.78901E+12\n7\n6.78902E+12\n")))
	if err != nil || s.Shortened != 2 || !s.Has("7") {
		t.Errorf("have %+v, %v; want 2 shortened ids", s, err)
	}
	// Whole numbers that a DOUBLE cannot tell apart may be anybody's.
	_, err = ReadSuppressions(fsys.OS(), suppressionFile(t, parquetBytes(t, []doubleIDRow{{1 << 53}, {7}, {1e17}})))
	if err == nil || !strings.Contains(err.Error(), "DOUBLE with ids above 9,007,199,254,740,991") {
		t.Errorf("have %v; want the ids of the column refused", err)
	}
}

func TestKnownSuppressions_SayWhatKindOfIDDiffers(t *testing.T) {
	for want, c := range map[string]struct{ listed, shop []string }{
		"the unknown ids are mostly numbers of 8 characters, the shop's e-mail addresses":       {[]string{"10000001", "10000002", "x"}, []string{"a@b", "c@d", "77"}},
		"the unknown ids are mostly texts of 14 characters, the shop's numbers of 4 characters": {[]string{"customer:77777", "customer:77778"}, []string{"5001", "5002"}},
		"the unknown ids are numbers of 4 characters, as the shop's are":                        {[]string{"7001", "5001"}, []string{"5001", "5002"}},
		"": {[]string{"5001"}, []string{"5001", "5002"}},
		"the unknown ids are mostly e-mail addresses, the shop's UUIDs": {[]string{"a@b"}, []string{"01234567-89ab-cdef-0123-456789abcdef"}},
	} {
		known := newKnown(NewSuppressions(c.listed))
		for _, id := range c.shop {
			known.see(id)
		}
		if got := known.Difference(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Customers whom folding makes equal are all suppressed, and counted apart from
// the ids that are known.
func TestKnownSuppressions_CustomersWhoShareAFoldedID(t *testing.T) {
	list := NewSuppressions([]string{"0123", "9"})
	known := newKnown(list)
	shop := []string{"00123", "123", "7"}
	for _, id := range shop {
		known.see(id)
	}
	if known.Listed != 2 || known.Known != 1 || known.Customers != 2 || !known.Mostly() {
		t.Errorf("%+v, want 1 of 2 ids known as 2 customers", known)
	}
	if suppressed, named := list.Mark(shop); !slices.Equal(suppressed, []bool{true, true, false}) || named != 2 {
		t.Errorf("%v, want both", suppressed)
	}
}
