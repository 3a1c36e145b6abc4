package settings

import (
	"fmt"
	"io/fs"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/data/parse"
	"winback/features"
)

// wantFound is the text of an error about a value.
func wantFound(want, found string) error {
	return fmt.Errorf("want %s, found %q", want, found)
}

// parseWhole reads a whole number within [low, high].
func parseWhole(text, what string, low, high int64) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < low || n > high {
		return 0, wantFound(fmt.Sprintf("%s from %d to %d", what, low, high), text)
	}
	return n, nil
}

// parseText takes any text but an empty one or one with control characters.
func parseText(text string) (string, error) {
	if text == "" || slices.ContainsFunc([]byte(text), func(c byte) bool { return c < ' ' || c == 0x7f }) {
		return "", wantFound("a text on one line", text)
	}
	return text, nil
}

func parseTexts(parts []string) ([]string, error) {
	for _, part := range parts {
		if _, err := parseText(part); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func parseNoCustomer(parts []string) (orders.NoCustomerWords, error) { return parseTexts(parts) }

func parseBool(text string) (bool, error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, wantFound("true or false", text)
}

func parseDateFormat(text string) (string, error) {
	if text == "" {
		return "", wantFound("D/M/YYYY, M/D/YYYY or YYYY-MM-DD", text)
	}
	_, err := parse.ParseDateOrder(text)
	return text, err
}

func parseDecimal(text string) (parse.DecimalSign, error) {
	sign, err := parse.ParseDecimalSign(text)
	if err != nil || sign == parse.AnyDecimal {
		return 0, wantFound("comma or point", text)
	}
	return sign, nil
}

func parseAsOf(text string) (data.Day, error) {
	day, err := data.ParseDay(text)
	if err != nil || day <= 0 {
		return 0, wantFound("a day such as 2026-06-30", text)
	}
	return day, nil
}

const maxDays = 3650

func parseDays(text string) (int, error) {
	n, err := parseWhole(text, "a whole number of days", 1, maxDays)
	return int(n), err
}

// parseAmount reads an amount of currency.
func parseAmount(text string) (float64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || v < 0 || v > 1e15 {
		return 0, wantFound("an amount such as 0.35", text)
	}
	return v, nil
}

// parseShare reads 0.1 or 10%.
func parseShare(text string) (float64, error) {
	number, percent := strings.CutSuffix(text, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		v /= 100
	}
	if err != nil || math.IsNaN(v) || v < 0 || v > 1 {
		return 0, wantFound("a share such as 0.1 or 10%", text)
	}
	return v, nil
}

// number writes a number as a person would.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func number64(v uint64) string { return strconv.FormatUint(v, 10) }

// memoryUnits are the units of sizes, the larger first.
var memoryUnits = []struct {
	name  string
	bytes int64
}{
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3},
	{"T", 1 << 40}, {"G", 1 << 30}, {"M", 1 << 20}, {"K", 1 << 10}, {"B", 1},
}

// minMemory is the least that the batch runs in.
const minMemory = 64 << 20

// parseMemory reads 4GiB (1024³), 500MB (1000²), 2g or a number of bytes.
func parseMemory(text string) (int64, error) {
	want := "a size of at least 64MiB such as 4GiB or 500MB"
	digits, unit := text, int64(1)
	for _, u := range memoryUnits {
		if len(text) > len(u.name) && strings.EqualFold(text[len(text)-len(u.name):], u.name) {
			digits, unit = strings.TrimSpace(text[:len(text)-len(u.name)]), u.bytes
			break
		}
	}
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsNaN(v) || v*float64(unit) < minMemory || v*float64(unit) > 1<<50 {
		return 0, wantFound(want, text)
	}
	return int64(v * float64(unit)), nil
}

// memorySize writes a size that parseMemory reads back exactly.
func memorySize(bytes int64) string {
	for _, u := range memoryUnits {
		if bytes >= u.bytes && bytes%u.bytes == 0 {
			return strconv.FormatInt(bytes/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(bytes, 10)
}

func showMemory(bytes int64) []string {
	if bytes == 0 {
		return []string{"auto"}
	}
	return []string{memorySize(bytes)}
}

// parseMapping reads role=column parts into the mapping.
func parseMapping(parts []string) (data.Mapping, error) {
	m := data.Mapping{}
	for _, part := range parts {
		name, column, ok := strings.Cut(part, "=")
		if !ok {
			return nil, wantFound("role=column such as customer=client_no", part)
		}
		role, err := data.ParseRole(name)
		if err != nil {
			return nil, err
		}
		if other, twice := m[role]; twice {
			return nil, fmt.Errorf("role %s is given twice, as %q and %q", role, other, column)
		}
		m[role] = strings.TrimSpace(column)
	}
	return m, nil
}

// mappingParts writes a mapping as role=column, in the order of the roles.
func mappingParts(m data.Mapping) []string {
	var parts []string
	for _, role := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, role.String()+"="+m[role])
	}
	return parts
}

const (
	byOrderPrefix = "order-prefix"
	byStatus      = "status"
	byType        = "type"
)

// parseReturns reads order-prefix=C, status=returned,cancelled and type=refund. A part
// without a key belongs to the key before it.
func parseReturns(parts []string) (orders.ReturnRules, error) {
	var rules orders.ReturnRules
	key := ""
	for _, part := range parts {
		value := part
		if name, rest, ok := strings.Cut(part, "="); ok {
			key, value = strings.TrimSpace(name), rest
		}
		value = strings.TrimSpace(value)
		switch {
		case key != byOrderPrefix && key != byStatus && key != byType:
			return rules, wantFound("order-prefix=C, status=returned,cancelled or type=refund", part)
		case value == "":
			return rules, fmt.Errorf("%s: want a value, found none", key)
		case key == byOrderPrefix:
			rules.OrderPrefixes = append(rules.OrderPrefixes, value)
		case key == byType:
			rules.Types = append(rules.Types, value)
		default:
			rules.Statuses = append(rules.Statuses, value)
		}
	}
	return rules, nil
}

func returnsParts(rules orders.ReturnRules) []string {
	var parts []string
	for _, prefix := range rules.OrderPrefixes {
		parts = append(parts, byOrderPrefix+"="+prefix)
	}
	for _, status := range rules.Statuses {
		parts = append(parts, byStatus+"="+status)
	}
	for _, kind := range rules.Types {
		parts = append(parts, byType+"="+kind)
	}
	return parts
}

var duplicateNames = map[orders.DuplicatePolicy]string{
	orders.DuplicatesAuto: "auto", orders.DuplicatesDrop: "drop", orders.DuplicatesKeep: "keep",
}

func parseDuplicates(text string) (orders.DuplicatePolicy, error) {
	for policy, name := range duplicateNames {
		if text == name {
			return policy, nil
		}
	}
	return 0, wantFound("auto, drop or keep", text)
}

var moneyUnits = map[int]string{0: "found", -1: "units", 2: "cents", 6: "micros"}

func parseMoneyUnit(text string) (decimals int, err error) {
	for decimals, name := range moneyUnits {
		if text == name {
			return decimals, nil
		}
	}
	return 0, wantFound("found, units, cents or micros", text)
}

var customerIDNames = map[bool]string{false: "as-written", true: "folded"}

func parseCustomerIDs(text string) (fold bool, err error) {
	if text != customerIDNames[false] && text != customerIDNames[true] {
		return false, wantFound("as-written or folded", text)
	}
	return text == customerIDNames[true], nil
}

func parseProducts(parts []string) (orders.ProductFilter, error) {
	for _, part := range parts {
		if part == "" {
			return nil, wantFound("a product code or a pattern such as BANK*", part)
		}
		if _, err := path.Match(part, ""); err != nil {
			return nil, wantFound(`a product code or a pattern such as BANK*, with \ before a [ that is meant as it is`, part)
		}
	}
	return parts, nil
}

// parseStatuses reads the values of a status column.
func parseStatuses(parts []string) ([]string, error) {
	statuses := make([]string, len(parts))
	for i, part := range parts {
		if statuses[i] = strings.TrimSpace(part); statuses[i] == "" {
			return nil, wantFound("values of the status column such as cancelled,test", part)
		}
	}
	return statuses, nil
}

// parseCurrency reads a code such as EUR.
func parseCurrency(text string) (string, error) {
	code := strings.ToUpper(strings.TrimSpace(text))
	if _, err := parseText(code); err != nil {
		return "", wantFound("a currency such as EUR", text)
	}
	return code, nil
}

// parseMask reads the rights that a umask in octal digits leaves to the group and
// to others.
func parseMask(text string) (fs.FileMode, error) {
	mask, err := strconv.ParseUint(strings.TrimPrefix(text, "0o"), 8, 32)
	if err != nil || fs.FileMode(mask)&^maskable != 0 {
		return 0, wantFound("an octal umask such as 027, from 000 to 077", text)
	}
	return maskable &^ fs.FileMode(mask), nil
}

func parseZone(text string) (*time.Location, error) {
	// "Local" would make the result hang on the machine.
	if zone, err := time.LoadLocation(text); err == nil && text != "" && text != "Local" {
		return zone, nil
	}
	return nil, wantFound("a time zone such as Europe/Berlin or UTC", text)
}

// parseEdges reads 45,90,180.
func parseEdges(parts []string) (features.StageEdges, error) {
	var days []int
	for _, part := range parts {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			break
		}
		days = append(days, n)
	}
	if len(days) == 3 && len(parts) == 3 {
		edges := features.StageEdges(days)
		if edges.Validate() == nil {
			return edges, nil
		}
	}
	return features.StageEdges{}, wantFound("three ascending numbers of days such as 45,90,180", strings.Join(parts, ","))
}

// parseGroups reads all, or 1-3,5 into 1, 2, 3, 5.
func parseGroups(parts []string) (Groups, error) {
	if len(parts) == 1 && parts[0] == "all" {
		return Groups{All: true}, nil
	}
	const most = 999
	var groups []int
	for _, part := range parts {
		from, to, isRange := strings.Cut(part, "-")
		first, err := strconv.Atoi(strings.TrimSpace(from))
		last := first
		if err == nil && isRange {
			last, err = strconv.Atoi(strings.TrimSpace(to))
		}
		if err != nil || first < 1 || last < first || last > most {
			return Groups{}, wantFound("groups such as 1-3,5, or all", part)
		}
		for g := first; g <= last; g++ {
			groups = append(groups, g)
		}
	}
	slices.Sort(groups)
	return Groups{Named: slices.Compact(groups)}, nil
}

func showGroups(g Groups) []string {
	if g.All {
		return []string{"all"}
	}
	return shown(strconv.Itoa)(g.Named)
}
