package report

import (
	"testing"

	"winback/internal/browser"
)

func TestLabelled_EachCellCarriesTheHeadingOfItsColumn(t *testing.T) {
	page := `<head><style>a > b {}</style></head><h2>The <b>groups</b> &amp; more</h2><table><thead><tr><th class="l">Group</th><th>Rate at the<br>test cut, &lt;5&nbsp;%</th></tr></thead><tbody><tr><td class="l">1 < 2</td><td>3</td></tr></tbody></table>`
	page = page[:len(page)-len(`1 < 2</td><td>3</td></tr></tbody></table>`)] + `1</td><td>3</td><td>beyond</td></tr></tbody></table>`
	want := `<head><style>a > b {}</style></head><h2>The <b>groups</b> &amp; more</h2><table><caption class="heard">The groups &amp; more</caption><thead><tr><th class="l" scope="col">Group</th><th scope="col">Rate at the<br>test cut, &lt;5&nbsp;%</th></tr></thead><tbody><tr><td class="l" data-label="Group">1</td><td data-label="Rate at the test cut, &lt;5 %">3</td><td>beyond</td></tr></tbody></table>`
	if got := labelled(page); got != want {
		t.Errorf("\ngot  %s\nwant %s", got, want)
	}
}

func TestBrowser_TheReportFitsAPhone(t *testing.T) {
	d := sample()
	diagnosis := sampleDiagnosis()
	d.Diagnosis = &diagnosis
	page := browser.Page(written(t, d))
	for _, width := range []int{390, 1280} {
		seen := browser.Look(t, page, "/report.html", width, 900)
		if seen.Width > width || len(seen.Off)+len(seen.Small)+len(seen.Unnamed)+len(seen.Blank) > 0 {
			t.Errorf("at %d pixels the page is %d wide; off the screen %v, too small %v, without a name %v, tables without caption or scope %v", width, seen.Width, seen.Off, seen.Small, seen.Unnamed, seen.Blank)
		}
	}
}
