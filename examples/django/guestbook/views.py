import os

from django import forms
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from .models import Entry


class EntryForm(forms.ModelForm):
    class Meta:
        model = Entry
        fields = ["text"]


@require_http_methods(["GET", "HEAD", "POST"])
def index(request):
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("index")
    return render(request, "guestbook/index.html", {
        "greeting": os.environ.get("GREETING", "Hello from Django"),
        "slot": os.environ.get("SLOT_NAME", "?"),
        "release": os.environ.get("SLOT_RELEASE", "?"),
        "form": form,
        "entries": Entry.objects.all()[:20],
    })


def healthz(request):
    return JsonResponse({"ok": True, "release": os.environ.get("SLOT_RELEASE"), "entries": Entry.objects.count()})
