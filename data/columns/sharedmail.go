package columns

import (
	"context"
	"slices"
	"strings"

	"winback/data"
	"winback/data/guard"
	"winback/internal/fsys"
)

// SharedMail is a column of e-mails beside the customer, many of which stand for several
// customers, as where each order of a guest gets a new id. "" for none, or where a setting
// names the customer.
func SharedMail(ctx context.Context, fsy fsys.FS, files []File, s Settings) (string, error) {
	f := &files[0]
	if _, said := s.Mapping[data.Customer]; said || !f.Roles[data.Customer].IsLeaf || strings.Contains(data.PlainName(f.Roles[data.Customer].Name), "mail") {
		return "", nil
	}
	customer := &candidate{role: data.Customer, name: f.Roles[data.Customer].Name}
	var mails []*candidate
	for _, l := range f.leaves {
		if name := data.PlainName(l.Name); !f.isTaken(l) && l.Physical == guard.ByteArray && (strings.HasSuffix(name, "email") || strings.HasSuffix(name, "emailaddress")) {
			mails = append(mails, &candidate{role: data.Customer, name: l.Name})
		}
	}
	if len(mails) == 0 {
		return "", nil
	}
	if _, err := sampleCandidates(ctx, fsy, files, slices.Concat([]*candidate{customer}, mails), s); err != nil {
		return "", err
	}
	for _, m := range mails {
		if sharedOften(m, customer) {
			return m.name, nil
		}
	}
	return "", nil
}

// sharedOften says whether many of the mails that come several times have several customers.
func sharedOften(mail, customer *candidate) bool {
	type seen struct {
		rows     int
		customer int64
		several  bool
	}
	known := map[int64]seen{}
	for g, mails := range mail.groups {
		for i, m := range mails {
			if len(customer.groups[g]) != len(mails) || m <= nothing || customer.groups[g][i] <= nothing {
				continue
			}
			k, c := known[m], customer.groups[g][i]
			k.several = k.several || k.rows > 0 && c != k.customer
			known[m] = seen{k.rows + 1, c, k.several}
		}
	}
	again, several := 0, 0
	for _, k := range known {
		if k.rows > 1 {
			again++
			if k.several {
				several++
			}
		}
	}
	const fewest = 50 // mails
	return again >= fewest && 4*several >= again
}
