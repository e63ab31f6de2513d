data "coder_workspace_preset" "private" {
  name    = "Private"
  default = true
  parameters = {
    (data.coder_parameter.share.name) = "owner"
  }
}

data "coder_workspace_preset" "class" {
  name        = "Class"
  description = "Everybody with an account here sees your apps."
  parameters = {
    (data.coder_parameter.share.name) = "authenticated"
  }
}

data "coder_workspace_preset" "demo" {
  name        = "Open demo"
  description = "Everybody sees your apps, without an account."
  parameters = {
    (data.coder_parameter.share.name) = "public"
  }
}
