package features

import "testing"

func TestStage_EdgesBelongToTheNewerStage(t *testing.T) {
	edges := DefaultStageEdges()
	for days, want := range map[int]string{
		1: "active", 45: "active", 46: "silent", 90: "silent", 91: "sleeping", 180: "sleeping", 181: "lost", 5000: "lost",
	} {
		if got := edges.Of(days).String(); got != want {
			t.Errorf("%d days: %s, want %s", days, got, want)
		}
	}
}

func TestStageEdges_MustAscend(t *testing.T) {
	if err := DefaultStageEdges().Validate(); err != nil {
		t.Error(err)
	}
	for _, e := range []StageEdges{{}, {0, 90, 180}, {45, 45, 180}, {45, 90, 90}, {180, 90, 45}} {
		if e.Validate() == nil {
			t.Errorf("%v: no error", e)
		}
	}
}
