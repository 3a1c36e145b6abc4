package brief

import (
	"testing"

	"winback/internal/browser"
)

func TestBrowser_TheBriefIsOneScreenAndOnAPhoneACardAGroup(t *testing.T) {
	page := browser.Page(written(t, crowded()))
	wide := browser.Look(t, page, "/brief.html", 1280, 900)
	if wide.Height > 900 || wide.Width > 1280 {
		t.Errorf("the page takes %d x %d, want one screen of 1280 x 900", wide.Width, wide.Height)
	}
	narrow := browser.Look(t, page, "/brief.html", 390, 844)
	for _, seen := range []browser.Seen{wide, narrow} {
		if len(seen.Off)+len(seen.Unnamed)+len(seen.Blank) > 0 {
			t.Errorf("off the screen %v, without a name %v, tables without caption or scope %v", seen.Off, seen.Unnamed, seen.Blank)
		}
	}
	if narrow.Width > 390 {
		t.Errorf("on a phone the page is %d wide", narrow.Width)
	}
}
