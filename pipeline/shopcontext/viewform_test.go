package shopcontext

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestView_IsReadFromJSONExactlyOrRefused(t *testing.T) {
	for _, customers := range []int{3, 900} {
		_, view := rowsAt(t, busyShop(customers, 5), opens+500)
		text, err := json.Marshal(view)
		if err != nil {
			t.Fatal(err)
		}
		got := new(View)
		if err := json.Unmarshal(text, got); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(got)
		if err != nil || string(again) != string(text) || !reflect.DeepEqual(got.season, view.season) || got.weeks.peak != view.weeks.peak || !reflect.DeepEqual(got.buyers, view.buyers) {
			t.Fatalf("%d customers: another view came back: %v", customers, err)
		}
		rng := rand.New(rand.NewPCG(9, uint64(customers)))
		for range 500 {
			if err := json.Unmarshal(text[:rng.IntN(len(text))], new(View)); err == nil {
				t.Fatal("half a view is read")
			}
		}
	}
	for _, text := range []string{`{}`, `{"day":"2026-01-01","horizon_days":60,"product_rates":[[0,0]],"peak_weeks":[52]}`, `{"day":"2026-01-01","horizon_days":60,"product_rates":[[0,0]],"product_numbers":[1]}`,
		`{"day":"2026-01-01","horizon_days":60,"product_rates":[[0,0]],"traffic":[1],"cohorts_by_week":[[]]}`, `{"day":"2026-01-01","horizon_days":0,"product_rates":[[0,0]]}`,
		`{"day":"2026-01-01","horizon_days":60,"product_rates":[[0,0]],"buyers":[1,1,1,0]}`, `{"day":"x","horizon_days":60,"product_rates":[[0,0]]}`} {
		if err := json.Unmarshal([]byte(text), new(View)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}
