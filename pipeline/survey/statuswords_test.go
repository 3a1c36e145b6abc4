package survey

import "testing"

func TestLooksUnbought_KnowsSixLanguages(t *testing.T) {
	for status, want := range map[string]bool{"cancelled": true, "canceled": true, "wc-on-hold": true, "PaymentFailed": true, "Storniert": true, "annulé": true, "Remboursée": true, "en attente": true, "cancelado": true,
		"annullato": true, "in attesa": true, "geannuleerd": true, "checkout-draft": true, "voided": true, "test": true, "Not Paid": true, "nicht bezahlt": true, "non payée": true,
		"completed": false, "processing": false, "partially_refunded": false, "teilweise erstattet": false, "shipped": false, "delivered": false, "paid": false, "": false, "not returned": false, "contested": false} {
		if looksUnbought(status) != want {
			t.Errorf("%q: want %v", status, want)
		}
	}
}
