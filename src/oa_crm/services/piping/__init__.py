"""The room of pipelines: which one a project is in, what it takes to enter a stage, and moving along.

course = courses.of(service, project.pipeline_id, hold=True)   # the stages, kept as they are until we are done
gates.must_be_open(service, project, course, to)               # raises with every closed gate
values = courses.standing(course, to, now)                     # what a project's row says of where it stands
"""
