package handout

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"winback/data"
	"winback/data/contactkeys"
	"winback/data/csvcells"
)

// SentFile is a file that was written for a sender.
type SentFile struct {
	Name  string
	Group int    // 0 where the list knows no groups
	Arm   string // "" where it knows no arms
	Rows  int64
}

// ExportFor writes a list in the form of a sender: a file for each group and arm, and
// another one where it would grow beyond what the sender takes. The rows of a group and
// arm stand together. create opens each file, which is closed before the next one is
// opened; the same rows and about give the same bytes. leftOut are headers of the
// sender's form whose fields the list does not know.
func (l List[R]) ExportFor(s *Sender, rows iter.Seq2[Reached[R], error], about About, create func(name string) (io.WriteCloser, error)) (written []SentFile, leftOut []string, err error) {
	out := &sending{sender: s, create: create, seen: map[string]bool{}}
	columns, leftOut := l.sentColumns(s, about)
	for i, c := range columns {
		if i > 0 {
			out.header = append(out.header, s.comma())
		}
		out.header = append(out.header, csvcells.Quoted(c.header)...)
	}
	out.header = append(out.header, "\r\n"...)
	for row, err := range rows {
		if err == nil {
			err = out.add(l.group(&row.row), l.arm(&row.row), about, func(line *bytes.Buffer) {
				for i, c := range columns {
					if i > 0 {
						line.WriteByte(s.comma())
					}
					line.WriteString(csvcells.Quoted(c.cell(&row)))
				}
			})
		}
		if err != nil {
			return out.written, leftOut, out.abandon(err)
		}
	}
	return out.written, leftOut, out.close()
}

func (s *Sender) comma() byte {
	switch s.Separator {
	case "semicolon":
		return ';'
	case "tab":
		return '\t'
	}
	return ','
}

// sending writes the files of a sender one after the other.
type sending struct {
	sender  *Sender
	create  func(name string) (io.WriteCloser, error)
	header  []byte
	file    io.WriteCloser // nil before the first
	size    int64
	part    int
	seen    map[string]bool // groups and arms that are done or begun
	written []SentFile      // the last one is the file
	line    bytes.Buffer
}

// add writes a row to the file of its group and arm, or to its next one.
func (o *sending) add(group int, arm string, about About, write func(*bytes.Buffer)) error {
	o.line.Reset()
	write(&o.line)
	o.line.WriteString("\r\n")
	s := o.sender
	last := len(o.written) - 1
	switch {
	case last < 0 || o.written[last].Group != group || o.written[last].Arm != arm:
		o.part = 1
		if err := o.next(group, arm, about); err != nil {
			return err
		}
	case s.MaxRows > 0 && o.written[last].Rows >= s.MaxRows, s.MaxBytes > 0 && o.size+int64(o.line.Len()) > s.MaxBytes:
		o.part++
		if err := o.next(group, arm, about); err != nil {
			return err
		}
	}
	o.written[len(o.written)-1].Rows++
	o.size += int64(o.line.Len())
	_, err := o.file.Write(o.line.Bytes())
	return err
}

func (o *sending) next(group int, arm string, about About) error {
	if err := o.close(); err != nil {
		return err
	}
	name := o.sender.Name + "-" + slug(about.Title)
	if group > 0 {
		name = fmt.Sprintf("%s-group-%02d", o.sender.Name, group)
	}
	if arm != "" {
		name += "-arm-" + slug(arm)
	}
	if o.part > 1 {
		name += fmt.Sprintf("-part-%d", o.part)
	}
	if name += ".csv"; o.seen[name] {
		return fmt.Errorf("two parts of the list would both be %s", name)
	}
	o.seen[name] = true
	file, err := o.create(name)
	if err != nil {
		return err
	}
	o.file, o.size = file, int64(len(o.header))
	o.written = append(o.written, SentFile{Name: name, Group: group, Arm: arm})
	_, err = file.Write(o.header)
	return err
}

func (o *sending) close() error {
	if o.file == nil {
		return nil
	}
	err := o.file.Close()
	o.file = nil
	return err
}

// abandon closes the file after an error.
func (o *sending) abandon(err error) error {
	if o.file != nil {
		_ = o.file.Close() // the first error counts
	}
	return err
}

// slug is a text as part of a file's name and of a tag.
func slug(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r >= utf8.RuneSelf)
	}), "-")
}

// sentColumn is a column of a sender's file over the rows of a list.
type sentColumn[R any] struct {
	header string
	cell   func(*Reached[R]) string
}

func (l List[R]) sentColumns(s *Sender, about About) (columns []sentColumn[R], leftOut []string) {
	known := map[string]exportColumn[Reached[R]]{}
	for _, c := range l.reachedColumns() {
		known[c.name] = c
	}
	for _, c := range s.Columns {
		cell := l.ownCell(&c, about)
		if c.Field == fieldTags {
			cell = l.tags(about, known["wait_until"])
		}
		if of, found := known[c.Field]; found && cell == nil {
			cell = func(r *Reached[R]) string { return s.formatted(&c, of.cell(r)) }
		}
		if cell == nil {
			leftOut = append(leftOut, c.Header)
			continue
		}
		columns = append(columns, sentColumn[R]{c.Header, cell})
	}
	return columns, leftOut
}

// ownCell is a cell that no list has as a column; nil for others.
func (l List[R]) ownCell(c *SenderColumn, about About) func(*Reached[R]) string {
	yes, no, _ := strings.Cut(c.Format, "/")
	if c.Format == "" {
		yes, no = "yes", "no"
	}
	agreed := func(address string) string {
		if address != "" {
			return yes
		}
		return no
	}
	switch {
	case c.Text != "":
		return func(*Reached[R]) string { return csvcells.Disarmed(c.Text) }
	case c.Field == fieldConsentEmail:
		return func(r *Reached[R]) string { return agreed(r.email) }
	case c.Field == fieldConsentSMS:
		return func(r *Reached[R]) string { return agreed(r.phone) }
	case c.Field == fieldRun:
		return func(*Reached[R]) string { return csvcells.Disarmed(about.Run) }
	case c.Field == fieldTag:
		return func(r *Reached[R]) string { return l.tag(&r.row, about) }
	}
	return nil
}

// tag names the list, the group and the arm of a row: winback-spring-wave-1-group-2-letter.
func (l List[R]) tag(row *R, about About) string {
	tag := "winback-" + slug(about.Run)
	if group := l.group(row); group > 0 {
		tag += "-group-" + strconv.Itoa(group)
	} else {
		tag += "-" + slug(about.Title)
	}
	if arm := l.arm(row); arm != "" {
		tag += "-" + slug(arm)
	}
	return tag
}

// tags are the tag of a row and, where the customer waits, one of the day, by which a
// segment is made: winback-wait-until-2026-07-04.
func (l List[R]) tags(about About, wait exportColumn[Reached[R]]) func(*Reached[R]) string {
	return func(r *Reached[R]) string {
		tags := l.tag(&r.row, about)
		if wait.cell == nil {
			return tags
		}
		if until := wait.cell(r); !until.empty {
			tags += ", winback-wait-until-" + data.Day(until.whole).String()
		}
		return tags
	}
}

// formatted writes a cell as the column asks for it. Shares have four decimals,
// amounts two.
func (s *Sender) formatted(c *SenderColumn, cell exportCell) string {
	switch {
	case cell.empty:
		return ""
	case cell.kind == cellDay && c.Format != "":
		day := data.Day(cell.whole).String()
		return strings.NewReplacer("YYYY", day[:4], "MM", day[5:7], "DD", day[8:10]).Replace(c.Format)
	case cell.kind == cellPhone:
		return formattedPhone(cell.text, c.Format)
	case cell.kind == cellShare:
		return strconv.FormatFloat(cell.number, 'f', 4, 64)
	case cell.kind == cellMoney:
		return strconv.FormatFloat(cell.number, 'f', 2, 64)
	case cell.kind == cellText:
		return cutText(csvcells.Disarmed(cell.text), s.MaxTextBytes)
	}
	return cell.plain()
}

func formattedPhone(e164, format string) string {
	switch format {
	case "digits":
		return strings.TrimPrefix(e164, "+")
	case "national":
		return contactkeys.NationalPhone(e164)
	}
	return e164
}

// cutText cuts a text to so many bytes, between characters; 0 is no limit.
func cutText(text string, most int) string {
	if most <= 0 || len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
