package data

import "testing"

func TestFoldID_WritesSpellingsOfOneIDAlike(t *testing.T) {
	for _, same := range [][]string{
		{"13085", " 0013085.0 ", "'13085", `="13085"`, "gid://shopify/Customer/13085"},
		{"anna@x.de", "Anna@X.de\t"},
		{"0123456789abcdef0123456789abcdef", "{01234567-89AB-CDEF-0123-456789ABCDEF}", "01234567-89ab-cdef-0123-456789abcdef"},
		{"0", "000"},
		{"zo\u00eb1", "Zoe\u03081", "\ufeffZoë1", `"zoë1"`, "ｚｏë１"},
		{"5001", "５００１"},
	} {
		for _, id := range same[1:] {
			if got := FoldID(id); got != FoldID(same[0]) {
				t.Errorf("%q: %q, want that of %q, %q", id, got, same[0], FoldID(same[0]))
			}
		}
	}
	for _, apart := range [][2]string{{"1.5", "15"}, {"a-b", "ab"}, {"0123456789abcdef-0123-456789abcdefxxxx", "0123456789abcdef0123456789abcdefxxxx"}} {
		if FoldID(apart[0]) == FoldID(apart[1]) {
			t.Errorf("%q are one", apart)
		}
	}
}
