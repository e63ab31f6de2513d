# With every parameter in it, a preset makes a workspace without a question:
# "coder create ws --template slot --yes" takes the default one.
locals {
  preset = merge(var.preset, { for s in local.slots : data.coder_parameter.subdomain[s].name => s })
}

data "coder_workspace_preset" "private" {
  name        = "Private"
  description = "Your apps are yours alone."
  default     = true
  parameters  = merge(local.preset, { (data.coder_parameter.share.name) = "owner" })
}

data "coder_workspace_preset" "class" {
  name        = "Class"
  description = "Everybody with an account here sees your apps."
  parameters  = merge(local.preset, { (data.coder_parameter.share.name) = "authenticated" })
}

data "coder_workspace_preset" "demo" {
  name        = "Open demo"
  description = "Everybody sees your apps, without an account."
  parameters  = merge(local.preset, { (data.coder_parameter.share.name) = "public" })
}
