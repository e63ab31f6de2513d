locals {
  slots = ["a", "b", "c", "d", "e"]
}

# The address of each slot. Mutable: a change is a build, and the workspace
# keeps its home. "slot subdomain a blog" makes it from the command line.
data "coder_parameter" "subdomain" {
  for_each     = toset(local.slots)
  name         = "SLOT_${upper(each.key)}_SUBDOMAIN"
  display_name = "Slot ${upper(each.key)}: subdomain"
  description  = "The first part of the app's address: **${each.key}**--workspace--you. Your app is not built again when it changes."
  icon         = "/icon/widgets.svg"
  type         = "string"
  form_type    = "input"
  default      = each.key
  mutable      = true
  order        = index(local.slots, each.key) + 1
  validation {
    # Coder's own rule for the slug of an app; a label of a host name has 63
    # characters at most, of which workspace and owner need their share.
    regex = "^[a-z0-9](-?[a-z0-9]){0,29}$"
    error = "lower-case letters and digits, with single hyphens inside; at most 30 of them"
  }
}

data "coder_parameter" "share" {
  name         = "SLOT_SHARE"
  display_name = "Who may open the apps"
  description  = "The admin and the database are always yours alone."
  icon         = "/icon/lock.svg"
  type         = "string"
  form_type    = "radio"
  default      = "owner"
  mutable      = true
  order        = 6
  option {
    name  = "Only me"
    value = "owner"
  }
  option {
    name  = "Everybody with an account here"
    value = "authenticated"
  }
  option {
    name  = "Everybody"
    value = "public"
  }
}

locals {
  wanted = { for s in local.slots : s => data.coder_parameter.subdomain[s].value }
  # Taken by the other buttons, and by the names that slots fall back to.
  reserved = { for s in local.slots : s => concat(["admin", "webhook", "pgadmin", "psql"], [for o in local.slots : "slot-${o}" if o != s]) }
  # Two apps of one name fail the build, and a failed build takes every app of
  # the workspace down; a name that is a port to Coder, or too long for a host
  # name, is never reached. So the first slot that asks for a name has it, and
  # slot b is called slot-b where it cannot have its own.
  refused = { for i, s in local.slots : s => (
    contains(concat(local.reserved[s], [for o in slice(local.slots, 0, i) : local.wanted[o]]), local.wanted[s])
    || can(regex("^[0-9]{4}s?$", local.wanted[s])) # to Coder that is a port
    || length("${local.wanted[s]}--${data.coder_workspace.me.name}--${data.coder_workspace_owner.me.name}") > 63
  ) }
  subdomain = { for s in local.slots : s => local.refused[s] ? "slot-${s}" : local.wanted[s] }
}
