package tables

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestResults_AreTheSameInEveryForm(t *testing.T) {
	group, day, n, x := int32(3), int32(20000), int64(7), 0.25
	rows := []ResultRow{{Campaign: `a "b"`, Wave: 2, Group: &group, Arm: "all", State: "open", SendDay: &day, Customers: &n, Rate: &x}, {Campaign: "c", Arm: "mail", State: "waiting"}}
	var file bytes.Buffer
	if err := WriteResults(&file, rows); err != nil {
		t.Fatal(err)
	}
	var back []ResultRow
	for row, err := range ReadResults(bytes.NewReader(file.Bytes()), int64(file.Len())) {
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, row)
	}
	if !reflect.DeepEqual(back, rows) {
		t.Errorf("read back %+v", back)
	}
	var text bytes.Buffer
	if err := WriteResultsCSV(&text, rows); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(text.String(), "\n")
	if !strings.HasPrefix(lines[1], `"a ""b""",2,3,all,open,2024-10-04,,7,,`) || !strings.HasPrefix(lines[2], "c,0,,mail,waiting,,,") {
		t.Errorf("CSV is %q", lines)
	}
	written, err := json.Marshal(rows[0])
	var object map[string]any
	if err != nil || json.Unmarshal(written, &object) != nil || object["rate"] != 0.25 || object["send_day"] != "2024-10-04" || object["lift"] != nil || object["campaign"] != `a "b"` || len(object) != len(ResultColumns()) {
		t.Errorf("JSON is %s, %v", written, err)
	}
}
