"""Addresses of discussions. A thread is read under its title; what is done to it or to a post goes by number."""

from django.urls import path

from discussions.views import coordination, drafts, imports, polls, posts, reactions, spaces, telling, threads

app_name = "discussions"
urlpatterns = [
    path("", spaces.space_list, name="list"),
    path("t/<int:pk>/", threads.thread_detail, name="thread_short"),
    path("t/<int:pk>/<str:slug>/", threads.thread_detail, name="thread"),
    path("threads/<int:pk>/reply/", posts.reply, name="reply"),
    path("threads/<int:pk>/first-new/", threads.first_new, name="first_new"),
    path("threads/<int:pk>/read/", threads.thread_read, name="thread_read"),
    path("threads/<int:pk>/where-we-stand/", threads.stand_edit, name="stand_edit"),
    path("threads/<int:pk>/topics/", threads.topics_edit, name="topics_edit"),
    path("threads/<int:pk>/earlier-summaries/", reactions.stand_list, name="stand_list"),
    path("threads/<int:pk>/poll/", polls.poll_new, name="poll_new"),
    path("threads/<int:pk>/rename/", coordination.thread_rename, name="thread_rename"),
    path("threads/<int:pk>/move/", coordination.thread_move, name="thread_move"),
    path("threads/<int:pk>/mail/", telling.thread_mail, name="thread_mail"),
    path("threads/<int:pk>/<str:act>/", coordination.thread_decide, name="thread_decide"),
    path("posts/<int:pk>/", posts.post_go, name="post"),
    path("posts/<int:pk>/edit/", posts.post_edit, name="post_edit"),
    path("posts/<int:pk>/delete/", posts.post_delete, name="post_delete"),
    path("posts/<int:pk>/restore/", posts.post_restore, name="post_restore"),
    path("posts/<int:pk>/react/", reactions.post_react, name="post_react"),
    path("posts/<int:pk>/keep/", reactions.post_keep, name="post_keep"),
    path("posts/<int:pk>/choose/", reactions.post_choose, name="post_choose"),
    path("polls/<int:pk>/", polls.poll_detail, name="poll"),
    path("polls/<int:pk>/close/", polls.poll_close, name="poll_close"),
    path("polls/<int:pk>/outcome/", polls.poll_outcome, name="poll_outcome"),
    path("drafts/", drafts.draft_list, name="drafts"),
    path("drafts/keep/", drafts.draft_keep, name="draft_keep"),
    path("drafts/<int:pk>/", drafts.draft_detail, name="draft"),
    path("drafts/<int:pk>/discard/", drafts.draft_discard, name="draft_discard"),
    path("kept/", reactions.kept_list, name="kept"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<int:pk>/", imports.import_detail, name="import"),
    path("imports/<int:pk>/take-back/", imports.import_back, name="import_back"),
    path("posts/<int:pk>/urgent/", telling.post_urgent, name="post_urgent"),
    path("posts/<int:pk>/history/", posts.post_history, name="post_history"),
    path("<slug:slug>/", spaces.space_detail, name="space"),
    path("<slug:slug>/new/", threads.thread_new, name="thread_new"),
    path("<slug:slug>/anonymous/", coordination.space_anonymous, name="space_anonymous"),
    path("<slug:slug>/mail/", telling.space_mail, name="space_mail"),
    path("<slug:slug>/read/", spaces.space_read, name="space_read"),
]
