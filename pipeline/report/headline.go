package report

// headline is what to do tonight, summed up from the recommended groups.
type headline struct {
	Groups, Skipped string // group numbers as words: "1–6"
	Total           int    // how many groups there are
	Last            int    // the last recommended group

	Contacts, Holdout, Suppressed int64
	Returns                       float64 // expected, natural returns included
	Rate, AllRate                 float64 // expected return rate of the contacts, and of all groups' contacts
	RandomContacts                float64 // contacts a random list needs for as many returns; NaN where all are contacted
	Cost                          float64 // of the contacts; NaN where not known
	Whole                         bool    // every group is recommended
	Part                          bool    // the last recommended group only in part
}

// summarise adds up the groups. Contacts is 0 if nothing is recommended.
func summarise(groups []Group) headline {
	h := headline{Total: len(groups), Whole: true}
	var yes, no []int
	var allContacts int64
	var allReturns float64
	for _, g := range groups {
		if known(g.ExpectedReturns) {
			allContacts += g.Contacts
			allReturns += g.ExpectedReturns
		}
		if !g.Recommended {
			no, h.Whole = append(no, g.Group), false
			continue
		}
		yes, h.Last = append(yes, g.Group), g.Group
		h.Contacts += g.Take
		h.Part = g.Take < g.Contacts
		h.Holdout += g.Holdout
		h.Suppressed += g.Suppressed
		h.Returns += g.TakeReturns
		h.Cost += g.ContactCost * float64(g.Take) / float64(g.Contacts)
	}
	h.Groups, h.Skipped = groupNumbers(yes), groupNumbers(no)
	h.Rate = h.Returns / float64(h.Contacts)
	h.AllRate = allReturns / float64(allContacts)
	h.RandomContacts = h.Returns / h.AllRate
	return h
}
