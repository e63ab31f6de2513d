package slot

import "time"

// AdminToken is a long-lived key to the admin, for a script or for Coder's
// button, without its value.
type AdminToken struct {
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // zero: never
	UsedAt    time.Time `json:"used_at,omitzero"`    // last, to the hour
}

// AdminTokenRequest asks for a new token. Without a value one is made up.
type AdminTokenRequest struct {
	Name  string   `json:"name"`
	Value string   `json:"value,omitempty"` // of the caller's own
	TTL   Duration `json:"ttl,omitempty"`   // until it expires; 0: never
}

// AdminTokenCreated is the answer: the one time that the value is shown.
type AdminTokenCreated struct {
	AdminToken
	Value string `json:"value,omitempty"` // empty where the caller gave it
}

// AdminLink lets one browser in, once.
type AdminLink struct {
	URL       string    `json:"url"`
	ExpiresAt time.Time `json:"expires_at"`
}

// AuditEntry is one thing that somebody did, or tried, through the admin.
type AuditEntry struct {
	Time   time.Time `json:"time"`
	Who    string    `json:"who"`            // name of the token, "link" for a one-time link, "" for a stranger
	From   string    `json:"from,omitempty"` // address of the browser, as far as it is known
	Action string    `json:"action"`         // "login", "deploy", "save", …
	Slot   Name      `json:"slot,omitempty"`
	Detail string    `json:"detail,omitempty"` // never a value
	Error  string    `json:"error,omitempty"`  // why it was refused
}
