package lists

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/internal/fsys"
)

var personColumns = Columns{Names: []string{"customer_id", "email", "agreed"}, Needed: 2,
	Called: map[string][]string{"customer_id": {"customerid", "id"}, "email": {"email", "mail"}, "agreed": {"agreed"}}}

func read(t *testing.T, content []byte) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	err := Read(context.Background(), fsys.OS(), path, personColumns, func(r Row) error {
		fmt.Fprintf(&got, "%s %s %s;", r.Cells["customer_id"], r.Cells["email"], r.Cells["agreed"])
		return nil
	})
	return got.String(), err
}

func TestRead_FindsColumnsByWhatTheyAreCalled(t *testing.T) {
	type person struct {
		Mail   string `parquet:"E-Mail"`
		ID     int64  `parquet:"Customer ID"`
		Agreed *bool  `parquet:"agreed"`
	}
	yes := true
	var table bytes.Buffer
	if err := parquet.Write(&table, []person{{"a@b.co", 7, &yes}, {"c@d.ee", 8, nil}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ content, want string }{
		"CSV":     {"E-Mail,Customer ID\na@b.co,7\n", "7 a@b.co ;"},
		"better":  {"id;customer_id;mail\nx;7;a@b.co\n", "7 a@b.co ;"},
		"parquet": {table.String(), "7 a@b.co true;8 c@d.ee ;"},
	} {
		if got, err := read(t, []byte(c.content)); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
	for want, content := range map[string]string{
		`columns "customer_id" and "Customer ID" both stand for customer_id`: "customer_id,Customer ID,mail\n1,2,3\n",
		`column "email" is missing; found id, phone`:                         "id,phone\n1,2\n",
	} {
		if _, err := read(t, []byte(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
