package survey

import (
	"fmt"
	"strings"
	"testing"

	"winback/data/orders"
)

// saysOf reads a sound table with one column more, and wants each text in the warnings; none
// where there are no texts.
func saysOf(t *testing.T, name string, columns table, want ...string) {
	t.Helper()
	texts := sold(columns).warnings(t, orders.Options{})
	if len(want) == 0 && len(texts) > 0 {
		t.Errorf("%s: %q", name, texts)
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(texts, "\n"), w) {
			t.Errorf("%s: want %q in %q", name, w, texts)
		}
	}
}

// Letters and words that are neither yes nor no must not pass as no.
func TestInspect_AsksWhatLettersInMarksMean(t *testing.T) {
	for column, pair := range map[string][2]string{"cancelled": {"C", "N"}, "void": {"V", "N"}, "deleted": {"D", "A"}, "annule": {"O", "N"}, "cancelado": {"S", "N"}, "storno": {"S", ""}, "estornado": {"S", "N"}, "Retoure": {"R", "-"}} {
		saysOf(t, column, table{column: oneIn(20, pair[0], pair[1])}, column, "neither yes nor no", "--map status="+column+" --exclude-status "+pair[0])
	}
}

func TestInspect_ReadsMarksInManyLanguages(t *testing.T) {
	for column, pair := range map[string][2]string{"отменен": {"да", "нет"}, "是否取消": {"是", "否"}, "zwrot": {"tak", "nie"}, "iade": {"Evet", "Hayır"}, "devolvido": {"Sim", "Não"}, "retourniert": {"Ja", "Nein"}, "rembourse": {"Oui", "Non"}, "makulerad": {"ja", "nej"}, "refund": {"yes", "no"}, "Gutschrift": {"x", ""}} {
		saysOf(t, column, table{column: oneIn(20, pair[0], pair[1])}, "marks 60 of 1,200 rows", column)
	}
	saysOf(t, "doubles", table{"reimbursed": oneIn(20, 1.0, 0.0)}, "marks 60 of 1,200 rows", "--map status=reimbursed --exclude-status 1")
	saysOf(t, "success", table{"success": oneIn(20, "false", "true")}, "--map status=success --exclude-status false")
	saysOf(t, "latest of a version", table{"is_latest": oneIn[int64](20, 0, 1)}, "--map status=is_latest --exclude-status 0")
}

func TestInspect_LeavesWordsOfTermsAndOthersAlone(t *testing.T) {
	saysOf(t, "terms", table{
		"return_policy": oneIn(2, "A", "B"), "free_returns": oneIn(3, "yes", "no"), "return_label": oneIn(3, "yes", "no"), "test_group": oneIn(2, "A", "B"), "invalid_email": oneIn(20, "yes", "no"),
		"returns_accepted": oneIn(3, "yes", "no"), "email_confirmed": oneIn(20, "no", "yes"), "valid_coupon": oneIn(3, "yes", "no"), "account_active": oneIn(20, "no", "yes"), "live": oneIn(3, "no", "yes"),
		"return_center": oneIn(2, "DE", "PL"), "test": oneIn(2, "A", "B"), "cancelled": oneIn(2, "no", ""),
	})
}

func TestInspect_NamesOrdersOfTestsAndStaff(t *testing.T) {
	for column, pair := range map[string][2]string{"environment": {"dev", "prod"}, "source": {"test", "web"}, "customer_group": {"Staff", "General"}, "origin": {"internal_test", "shop"}} {
		saysOf(t, column, table{column: oneIn(20, pair[0], pair[1])}, "those of staff or tests", "--map status="+column+" --exclude-status "+pair[0])
	}
	saysOf(t, "channel", table{"channel": oneIn(20, "staging", "web")}, "--exclude-status staging")
	saysOf(t, "others", table{"utm_source": oneIn(20, "test", "google"), "source_group": oneIn(2, "test", "control"), "traffic_source": oneIn(20, "Staff picks", "internal search"), "site": oneIn(2, "demonstration", "shop")})
}

// A time of day and a key are no other days than that of the order.
func TestInspect_TakesNoKeyForARivalDay(t *testing.T) {
	saysOf(t, "keys", table{"order_time": func(i int) any { return fmt.Sprintf("%02d:%02d", i%24, i%60) }, "order_date_key": func(i int) any { return int64(20_240_101 + i%28) }})
}
